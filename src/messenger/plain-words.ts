/** The words of a text without case, accents and punctuation, one blank between them; in any script. */
export function plainWords(text: string): string {
  const letters = text.normalize('NFKD').replaceAll(/[\u0300-\u036F]/g, '');
  return letters
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}
