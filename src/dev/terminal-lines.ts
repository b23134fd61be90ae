/** The bot's log in the terminal: short lines, coloured where the terminal can show it. */

import { linesWithoutControlCharacters, withoutControlCharacters } from '../domain/visible-text.ts';
import type { BotLogLine } from '../temporal/bot-log.ts';

const RED = 31;
const YELLOW = 33;
const DIM = 2;
const MAX_WORDS = 300;

/** Puts ANSI colours around a text. */
export type Paint = (code: number, text: string) => string;

/** Paints, or leaves the text as it is. */
export function createPaint(hasColours: boolean): Paint {
  return (code, text) => (hasColours ? `\u001B[${code}m${text}\u001B[0m` : text);
}

/** `10:14:02 ✗ The hook onMessage of plugin "faq" failed: … (shop/bot.ts:12:5)`. */
export function formatBotLine({ level, words, place }: BotLogLine, at: Date, paint: Paint): string {
  const time = paint(DIM, at.toTimeString().slice(0, 8));
  const mark = level === 'error' ? paint(RED, '✗') : paint(YELLOW, '!');
  const oneLine = withoutControlCharacters(words).replaceAll(/ {2,}/g, ' ');
  const short = oneLine.length > MAX_WORDS ? `${oneLine.slice(0, MAX_WORDS)}…` : oneLine;
  return `${time} ${mark} ${short}${place === undefined ? '' : paint(DIM, ` (${withoutControlCharacters(place)})`)}`;
}

/** A text that the developer must notice, in red. */
export function formatAlert(words: string, paint: Paint): string {
  return paint(RED, linesWithoutControlCharacters(words));
}
