/** Does the text fit? A pattern with the flag `g` or `y` remembers where it stopped; here it starts anew each time. */
export function fits(pattern: RegExp, text: string | undefined): boolean {
  if (text === undefined) return false;
  return new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, '')).test(text);
}
