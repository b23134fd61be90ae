/** Words and lengths of texts, as people and Meta count them. */

/** The words of a text without case, accents and punctuation, separated by single spaces; in any script. */
export function normalizeWords(text: string): string {
  const letters = text.normalize('NFKD').replaceAll(/[\u0300-\u036F]/g, '');
  return letters
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Length in Unicode code points, the unit that Meta's character limits are read in: most emoji count as one. */
export function countCodePoints(text: string): number {
  return Array.from(text).length;
}

/** At most `maxChars` code points of a text; a longer one ends with `…`. */
export function truncate(text: string, maxChars: number): string {
  const points = Array.from(text);
  if (points.length <= maxChars) return text;
  const kept = points.slice(0, maxChars - 1).join('');
  return `${kept.trimEnd()}…`;
}
