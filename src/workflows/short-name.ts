/**
 * A short name for a long one, the same every time and hardly ever that of another: 53 bits (cyrb53). For names that are
 * made of names, and must not grow from one to the next. Nothing secret is behind it.
 */
export function shortName(name: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0;
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}
