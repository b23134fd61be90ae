/** Passwords from a terminal, without showing them, or from a pipe. */

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { BotError } from '../domain/bot-error.ts';

/** Asks twice on a terminal; `undefined` for an empty answer, and where there is no terminal. @throws `password_weak`. */
export async function readPassword(): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silence, terminal: true });
  try {
    process.stderr.write('Password (empty: tokens only): ');
    const password = await lines.question('');
    process.stderr.write('\n');
    if (password === '') return undefined;
    process.stderr.write('The same again: ');
    const again = await lines.question('');
    process.stderr.write('\n');
    if (again === password) return password;
    throw new BotError('password_weak', 'The two passwords differ. Nothing was changed; run the command again.');
  } finally {
    lines.close();
  }
}

/** The first line of stdin. @throws `password_weak` when it is empty. */
export async function readPasswordFromInput(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    if (line !== '') return line;
    break;
  }
  throw new BotError('password_weak', 'stdin has no password on its first line. Nothing was changed.');
}
