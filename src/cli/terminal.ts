/** Output on the terminal. */

import { once } from 'node:events';
import type { PersonName } from '../domain/contact.ts';
import { linesWithoutControlCharacters, withoutControlCharacters } from '../domain/visible-text.ts';

/** Prints the message of an error of ours, which has the cure; an unexpected error is printed with its stack. */
export function printError(error: unknown): void {
  const isOurs = error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
  const text = error instanceof Error ? (isOurs ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${linesWithoutControlCharacters(text)}\n`);
}

/**
 * Ends the process when the work is over, which has loaded the bot's activities: they may hold something open for ever, such
 * as a pool of connections.
 */
export async function endProcessAfter(work: Promise<void>): Promise<never> {
  try {
    await work;
  } catch (error) {
    printError(error);
    process.exitCode = 1;
  }
  // Where pipes are asynchronous, the last lines are still on their way.
  await new Promise((resolve) => process.stdout.write('', resolve));
  return process.exit();
}

/** Prints a line to stdout; text of others in it moves no cursor. */
export function say(line = ''): void {
  process.stdout.write(`${linesWithoutControlCharacters(line)}\n`);
}

/** Prints a line to stderr: progress and warnings, which are not part of the output. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Resolves at Ctrl-C, SIGTERM or SIGHUP. A second Ctrl-C or SIGTERM ends the process at once. */
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

/**
 * Prints lines with backpressure, until the reader (such as `head`) closes the pipe. Resolves to `true` if there was a line. A
 * file or a pipe gets them as they are.
 */
export async function print(lines: AsyncIterable<string> | Iterable<string>): Promise<boolean> {
  const { stdout } = process;
  let isClosed = false;
  let hasLines = false;
  stdout.once('error', () => {
    isClosed = true;
  });
  for await (const line of lines) {
    if (isClosed) break;
    hasLines = true;
    if (!stdout.write(stdout.isTTY ? linesWithoutControlCharacters(line) : line))
      await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => {});
  }
  return hasLines;
}

/** Hint after an empty output, which may come from the wrong folder. */
export const WHICH_STORE = 'The store that was read is DATABASE_URL, or .everthread/store.db of this folder.';

/** The name that the store has of a person, safe for a terminal; empty when Meta did not tell it. */
export function personName({ firstName = '', lastName = '' }: PersonName): string {
  return withoutControlCharacters(`${firstName} ${lastName}`).trim();
}
