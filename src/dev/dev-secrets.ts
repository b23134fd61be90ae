import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalSecrets } from '../local-stack.ts';

/** Invented secrets that survive a restart, in a file that only its owner can read. */
export function readOrCreateSecrets(folder: string): LocalSecrets {
  const file = join(folder, 'secrets.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LocalSecrets;
  } catch {
    const random = () => randomBytes(24).toString('hex');
    const secrets = { verifyToken: random(), appSecret: random(), accessToken: random() };
    writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    return secrets;
  }
}
