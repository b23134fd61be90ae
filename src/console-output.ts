/** What code of a bot, or a library, prints with `console`: one line of the log each, instead of raw text between its lines. */

import { format } from 'node:util';
import type { Logger } from './logger.ts';

/** One call of `console`. */
export interface ConsoleOutput {
  readonly level: ConsoleLevel;
  readonly text: string;
}

type ConsoleLevel = 'debug' | 'info' | 'warn' | 'error';

const LEVELS = {
  debug: 'debug',
  trace: 'debug',
  log: 'info',
  info: 'info',
  dir: 'info',
  table: 'info',
  warn: 'warn',
  error: 'error',
} as const;
/** Of a longer text the beginning is logged. */
const MAX_OUTPUT_CHARS = 10_000;

/** From now on `console` of this thread prints nothing: `onOutput` gets it. */
export function captureConsole(onOutput: (output: ConsoleOutput) => void): void {
  for (const [method, level] of Object.entries(LEVELS))
    console[method as keyof typeof LEVELS] = (...args: unknown[]) => onOutput({ level, text: formatSafely(args) });
}

/** Logs what a bot printed: its text is in a field of its own, where it can imitate no line of ours. */
export function logOutput(log: Logger, { level, text }: ConsoleOutput, fields: object = {}): void {
  log[level](
    { component: 'bot', ...fields, output: text.slice(0, MAX_OUTPUT_CHARS) },
    'The bot printed to the console',
  );
}

/** An object of the author's may throw when it is printed. */
function formatSafely(args: readonly unknown[]): string {
  try {
    return format(...args);
  } catch {
    return '(cannot be printed)';
  }
}
