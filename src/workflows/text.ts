/** Lengths and hashes of texts. */

/** Returns `text`; throws unless it is a text of `min` to `max` characters. `what` begins the error message. */
export function checkLength(what: string, text: unknown, max: number, min = 1): string {
  if (typeof text === 'string' && text.length >= min && text.length <= max) return text;
  const found = typeof text === 'string' ? `${text.length} characters` : `a ${typeof text}`;
  throw new Error(`${what} is a text of ${min} to ${max} characters; this is ${found}.`);
}

/** The first `max` characters, with `…` after them when some were cut off. */
export function cutText(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}

/**
 * The cyrb53 hash of a text: 53 bits in base 36. For ids that are made of other ids and must not grow from one to the
 * next. It protects no secret.
 */
export function cyrb53(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}
