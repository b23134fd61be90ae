/** Authenticated encryption (AES-256-GCM) with a key ring: the newest key writes, all of them read. */

import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { BotError } from '../domain/bot-error.ts';

/** A key and the id by which what it wrote names it. */
export interface EncryptionKey {
  readonly id: string;
  /** {@link KEY_BYTES} bytes. */
  readonly bytes: Buffer;
}

/** The keys of an installation, the newest first; empty: nothing is encrypted. */
export type KeyRing = readonly EncryptionKey[];

/** The key ring of the setting, whose keys are in base64. */
export function keyRing(
  keys: readonly { readonly id: string; readonly key: { readonly reveal: () => string } }[],
): KeyRing {
  return keys.map(({ id, key }) => ({ id, bytes: Buffer.from(key.reveal(), 'base64') }));
}

/** The length of a key. */
export const KEY_BYTES = 32;

/** What was encrypted: the key that can read it, and nonce, ciphertext and tag in one. */
export interface SealedBytes {
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/** Encrypts for one purpose: what was written for another one cannot be read. */
export interface Sealer {
  readonly newestId: string;
  /** `context` says what the value is and where it belongs; it is not stored, and reading needs the same. */
  seal(plain: Uint8Array, context: string): SealedBytes;
  /** @throws `BotError` when its key is missing, or when it was changed or moved. */
  open(sealed: SealedBytes, context: string): Buffer;
}

const ALGORITHM = 'aes-256-gcm';
/** NIST SP 800-38D allows 2^32 random nonces of this length for one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A sealer for a purpose; `undefined` without keys. */
export function createSealer(ring: KeyRing, purpose: string): Sealer | undefined {
  const [newest] = ring;
  if (!newest) return undefined;
  const keys = new Map(ring.map(({ id, bytes }) => [id, deriveKey(bytes, purpose)]));
  const writing = keyOf(keys, newest.id);

  return {
    newestId: newest.id,
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, writing, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      const bytes = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return { keyId: newest.id, bytes };
    },
    open({ keyId, bytes }, context) {
      const key = keyOf(keys, keyId);
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw unreadable(keyId);
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch {
        throw unreadable(keyId);
      }
    },
  };
}

/** The error of a process that lacks keys that its data needs. */
export function missingKeys(ids: readonly string[], needs: string): BotError {
  const [names, it] = ids.length === 1 ? [`the key "${ids[0]}"`, 'it'] : [`the keys "${ids.join('", "')}"`, 'them'];
  return new BotError(
    'encryption_key_missing',
    `${needs} ${names}, and ENCRYPTION_KEYS does not have ${it}. Add ${it} after the newest key, and start again.`,
  );
}

/** Each purpose has keys of its own, so that no value can be taken for one of another purpose. */
function deriveKey(bytes: Buffer, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), `everthread ${purpose}`, KEY_BYTES)));
}

function keyOf(keys: ReadonlyMap<string, KeyObject>, id: string): KeyObject {
  const key = keys.get(id);
  if (key) return key;
  throw missingKeys([id.slice(0, 64)], 'What is read here needs');
}

function unreadable(keyId: string): BotError {
  return new BotError(
    'encryption_unreadable',
    `What the key "${keyId}" is named for cannot be decrypted with it: it was changed, moved from another place, or written with another key of this id. Restore it from a copy, or correct ENCRYPTION_KEYS.`,
  );
}
