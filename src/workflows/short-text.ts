/** Gives the text, or throws for one that is none or too long: `what` begins the sentence. */
export function shortText(what: string, text: unknown, most: number, least = 1): string {
  if (typeof text === 'string' && text.length >= least && text.length <= most) return text;
  const found = typeof text === 'string' ? `${text.length} characters` : `a ${typeof text}`;
  throw new Error(`${what} is a text of ${least} to ${most} characters; this is ${found}.`);
}
