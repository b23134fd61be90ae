import leven from 'leven';
import { normalizeWords } from '../../messenger/text.ts';

/** Longer texts are not compared, and further words are ignored. */
const MAX_COMPARED_CHARS = 200;
const MAX_COMPARED_WORDS = 20;
/** Words less alike than this count as different: about one letter of four may be wrong. */
const MIN_WORD_LIKENESS = 0.7;
/** Shorter words must be exact. */
const MIN_MISSPELT_CHARS = 4;
/** Weight of how much of the text is in the question, against how much of the question is in the text: people write less. */
const SHARE_OF_TEXT = 0.6;

/** How alike two texts are: 0 not at all, 1 the same words. */
export type Likeness = number;

/**
 * The entries by how alike the text is to the best of their questions, best first. Compares words in any order; a word
 * weighs less the more entries contain it, and a misspelt one a little less. Deterministic on every machine: it only counts
 * and divides.
 */
export function rank<Entry extends { readonly questions?: readonly string[] }>(
  text: string,
  entries: readonly Entry[],
): readonly { readonly entry: Entry; readonly likeness: Likeness }[] {
  if (text.length > MAX_COMPARED_CHARS) return [];
  const textWords = distinctWords(text).slice(0, MAX_COMPARED_WORDS);
  const compared = entries.map((entry) => ({ entry, questions: (entry.questions ?? []).map(distinctWords) }));
  const weightOf = weights(compared.map(({ questions }) => questions.flat()));
  const likeness = (question: readonly string[]) =>
    SHARE_OF_TEXT * coverage(textWords, question, weightOf) +
    (1 - SHARE_OF_TEXT) * coverage(question, textWords, weightOf);
  return compared
    .map(({ entry, questions }) => ({ entry, likeness: Math.max(0, ...questions.map(likeness)) }))
    .toSorted((one, other) => other.likeness - one.likeness);
}

/** The weight of a word: 1 divided by the number of entries that contain it; 1 for an unknown word. */
function weights(lists: readonly (readonly string[])[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const list of lists) for (const word of new Set(list)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => 1 / (counts.get(word) ?? 1);
}

/** How much of the weight of `words` is found in `among`. */
function coverage(words: readonly string[], among: readonly string[], weightOf: (word: string) => number): Likeness {
  let found = 0;
  let total = 0;
  for (const word of words) {
    const alike = Math.max(0, ...among.map((other) => wordLikeness(word, other)));
    found += alike * weightOf(word);
    total += weightOf(word);
  }
  return total === 0 ? 0 : found / total;
}

function wordLikeness(word: string, other: string): Likeness {
  if (word === other) return 1;
  const length = Math.max(word.length, other.length);
  const maxWrong = Math.floor(length * (1 - MIN_WORD_LIKENESS) + ROUNDING);
  // A misspelt word nearly always begins with the right letter; comparing only those saves nine tenths of the work.
  if (length < MIN_MISSPELT_CHARS || word[0] !== other[0] || Math.abs(word.length - other.length) > maxWrong) return 0;
  const wrong = leven(word, other, { maxDistance: maxWrong + 1 });
  return wrong > maxWrong ? 0 : 1 - wrong / length;
}

/** `1 - 0.7` is a little less than 0.3. */
const ROUNDING = 1e-9;

function distinctWords(text: string): readonly string[] {
  return [...new Set(normalizeWords(text).split(' '))].filter((word) => word !== '');
}
