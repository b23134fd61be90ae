/** Passwords, tokens and session ids of operators: what is stored of them does not let anybody in. */

import { createHash, randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/** OWASP's second choice of parameters (Password Storage Cheat Sheet): 32 MiB, some 60 ms. */
const LOG_N = 15;
const [R, P] = [8, 3];
const [SALT_BYTES, HASH_BYTES, SECRET_BYTES] = [16, 32, 32];

/** The characters at the start of a token that lists show. */
export const TOKEN_PREFIX_CHARS = 12;

/** A new token: what the machine gets. 256 random bits, so that its plain hash is as good as a slow one. */
export function createToken(): string {
  return `evt_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** A new session id: what the cookie holds. */
export function createSessionId(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** What is stored of a token or a session id. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What is stored of a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, { logN: LOG_N, r: R, p: P });
  return ['scrypt', LOG_N, R, P, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

/** Whether it is the password. Does the same work without a stored hash, and then says no. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, logN = LOG_N, r = R, p = P, salt = '', hash = ''] = stored?.split(':') ?? [];
  const expected = stored === undefined ? Buffer.alloc(HASH_BYTES) : Buffer.from(hash, 'base64url');
  const parameters = { logN: Number(logN), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), parameters);
  return timingSafeEqual(derived, expected) && stored !== undefined;
}

interface Parameters {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** Two texts that look the same are the same password, however a keyboard composes letters. */
function derive(password: string, salt: Buffer, { logN, r, p }: Parameters): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** logN, r, p, maxmem: 2 ** logN * r * 256 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });
}
