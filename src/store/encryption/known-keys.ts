/** The keys that a store's data, or Temporal's, may need: a process without one of them is refused when it starts. */

import type { Kysely } from 'kysely';
import { BotError } from '../../domain/bot-error.ts';
import { createSealer, type KeyRing, missingKeys } from '../../encryption/sealer.ts';
import type { StoreIdentity } from '../db/store-identity.ts';
import type { Tables } from '../db/tables.ts';

const PROOF = Buffer.from('everthread');

/**
 * Checks the key ring against the keys that the store knows, and remembers its newest key before anything is written with it.
 *
 * @throws `BotError` when a key is missing, or is another one than that which first had its id.
 */
export async function registerKeys(db: Kysely<Tables>, ring: KeyRing, { storeId }: StoreIdentity): Promise<void> {
  await checkKeys(db, ring, storeId);
  const proof = proofOf(ring, storeId);
  if (!proof) return;
  await db
    .insertInto('encryption_keys')
    .values({ ...proof, first_used_at: Date.now() })
    .onConflict((conflict) => conflict.column('key_id').doNothing())
    .execute();
  // Another process may have been first, with another key of this id.
  await checkKeys(db, ring, storeId);
}

async function checkKeys(db: Kysely<Tables>, ring: KeyRing, storeId: string): Promise<void> {
  const known = await db.selectFrom('encryption_keys').select(['key_id', 'proof']).orderBy('first_used_at').execute();
  const missing = known.filter(({ key_id }) => !ring.some(({ id }) => id === key_id));
  if (missing.length > 0)
    throw missingKeys(
      missing.map(({ key_id }) => key_id),
      'What is stored needs',
    );
  const sealer = createSealer(ring, 'key proof');
  for (const { key_id: keyId, proof } of known) {
    try {
      sealer?.open({ keyId, bytes: Buffer.from(proof, 'base64url') }, storeId);
    } catch {
      throw new BotError(
        'encryption_key_wrong',
        `The key "${keyId}" of ENCRYPTION_KEYS is another one than the key "${keyId}" with which this store was written. Restore that one, and give a new key a new id.`,
      );
    }
  }
}

function proofOf(ring: KeyRing, storeId: string) {
  const sealed = createSealer(ring, 'key proof')?.seal(PROOF, storeId);
  return sealed && { key_id: sealed.keyId, proof: Buffer.from(sealed.bytes).toString('base64url') };
}
