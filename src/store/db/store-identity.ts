import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** What one store has and no other: made by the first process that opens it, and never changed. */
export interface StoreIdentity {
  /** Tells this store from another one in the same place. No secret. */
  readonly storeId: string;
  /** Signs the metadata of sends, so that nobody else can make an echo of one. */
  readonly echoKey: KeyObject;
}

const ROW_ID = 1;
const ECHO_KEY_BYTES = 32;

/** The identity of an open store; makes it if there is none. Of processes that do so at once, all get the same. */
export async function ensureIdentity(db: Kysely<Tables>): Promise<StoreIdentity> {
  const existing = await readIdentity(db);
  if (existing) return existing;
  const echo_key = randomBytes(ECHO_KEY_BYTES).toString('base64url');
  await db
    .insertInto('store_identity')
    .values({ id: ROW_ID, store_id: randomUUID(), echo_key })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  // Another process may have been first.
  const made = await readIdentity(db);
  if (made) return made;
  throw new Error('The row of store_identity is gone right after it was written.');
}

async function readIdentity(db: Kysely<Tables>): Promise<StoreIdentity | undefined> {
  const row = await db
    .selectFrom('store_identity')
    .select(['store_id', 'echo_key'])
    .where('id', '=', ROW_ID)
    .executeTakeFirst();
  return row && { storeId: row.store_id, echoKey: createSecretKey(row.echo_key, 'base64url') };
}
