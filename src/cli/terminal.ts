/** What a person at a terminal sees. */

import { once } from 'node:events';

/** An error of ours is a sentence with its cure; only an unexpected one shows where it came from. */
export function complain(error: unknown): void {
  const isOurs = error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
  const text = error instanceof Error ? (isOurs ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${text}\n`);
}

export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** What takes a while; goes beside the output. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Resolves when somebody asks the process to end: Ctrl-C, or a supervisor. A second time ends it at once. */
export function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.once('SIGINT', () => process.exit(130));
      process.once('SIGTERM', () => process.exit(143));
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    process.once('SIGHUP', stop);
  });
}

/** Writes as fast as whoever reads takes it; one who has read enough, such as `head`, ends it. Whether there was anything. */
export async function print(lines: AsyncIterable<string>): Promise<boolean> {
  const { stdout } = process;
  let isGone = false;
  let wasAnything = false;
  stdout.once('error', () => {
    isGone = true;
  });
  for await (const line of lines) {
    if (isGone) break;
    wasAnything = true;
    if (!stdout.write(line)) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => {});
  }
  return wasAnything;
}

/** Beside an empty output: in the wrong folder it is empty, too. */
export const WHICH_STORE = 'The store that was asked is DATABASE_URL, or .everthread/store.db of this folder.';

/** Text of others on one line: it cannot move the cursor or reverse the direction of letters. */
export function withoutControlCharacters(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}
