/** Whether a pattern matches a text, always from its beginning: with the flag `g` or `y` a `RegExp` remembers where it stopped. */
export function fits(pattern: RegExp, text: string | undefined): boolean {
  if (text === undefined) return false;
  return new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, '')).test(text);
}
