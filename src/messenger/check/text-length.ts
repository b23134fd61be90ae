import { BotError } from '../../domain/bot-error.ts';

/** Length as Meta's limits are read: in Unicode code points, so that most emoji are one character. */
export function codePoints(text: string): number {
  return Array.from(text).length;
}

/** Meta refuses text that is empty or too long. The error names the lengths and never the text, which may be personal. */
export function checkLength(what: string, text: string, most: number): void {
  if (text.trim() === '') throw new BotError('text_empty', `${what} is empty. Give it at least one visible character.`);
  const length = codePoints(text);
  if (length <= most) return;
  throw new BotError('text_too_long', `${what} has ${length} characters and Meta takes at most ${most}. Shorten it.`);
}
