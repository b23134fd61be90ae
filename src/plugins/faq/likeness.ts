import leven from 'leven';
import { normalizeWords } from '../../messenger/text.ts';

/** A longer text is no question, and a word after these tells nothing new. */
const MAX_TEXT_CHARS = 200;
const MAX_WORDS = 20;
/** How much of a longer word may be misspelt: one letter of four. */
const MIN_LIKENESS = 0.7;
const MIN_MISSPELT_CHARS = 4;
/** The rest is how much of the question was said: people say less than they are asked to, not something else. */
const SHARE_OF_TEXT = 0.6;

/** How alike two texts are: 0 not at all, 1 the same words. */
export type Likeness = number;

/**
 * How alike a text is to the best of each list's questions, best first: by words, in any order, rare words before those
 * that many lists have, misspelt ones for a little less. Counts and divides only: the same on every machine.
 */
export function rank<Entry extends { readonly questions?: readonly string[] }>(
  text: string,
  entries: readonly Entry[],
): readonly { readonly entry: Entry; readonly likeness: Likeness }[] {
  if (text.length > MAX_TEXT_CHARS) return [];
  const said = wordsOf(text).slice(0, MAX_WORDS);
  const all = entries.map((entry) => ({ entry, questions: (entry.questions ?? []).map(wordsOf) }));
  const weightOf = weights(all.map(({ questions }) => questions.flat()));
  const likeness = (question: readonly string[]) =>
    SHARE_OF_TEXT * covered(said, question, weightOf) + (1 - SHARE_OF_TEXT) * covered(question, said, weightOf);
  return all
    .map(({ entry, questions }) => ({ entry, likeness: Math.max(0, ...questions.map(likeness)) }))
    .toSorted((one, other) => other.likeness - one.likeness);
}

/** A word counts the less, the more lists have it. One that nobody knows counts in full. */
function weights(lists: readonly (readonly string[])[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const list of lists) for (const word of new Set(list)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => 1 / (counts.get(word) ?? 1);
}

/** How much of some words is found among others. */
function covered(words: readonly string[], among: readonly string[], weightOf: (word: string) => number): Likeness {
  let found = 0;
  let whole = 0;
  for (const word of words) {
    const alike = Math.max(0, ...among.map((other) => likeWord(word, other)));
    found += alike * weightOf(word);
    whole += weightOf(word);
  }
  return whole === 0 ? 0 : found / whole;
}

function likeWord(word: string, other: string): Likeness {
  if (word === other) return 1;
  const length = Math.max(word.length, other.length);
  const mostWrong = Math.floor(length * (1 - MIN_LIKENESS) + ROUNDING);
  // Who misspells a word begins it right, nearly always; looking no further saves nine tenths of the work.
  if (length < MIN_MISSPELT_CHARS || word[0] !== other[0] || Math.abs(word.length - other.length) > mostWrong) return 0;
  const wrong = leven(word, other, { maxDistance: mostWrong + 1 });
  return wrong > mostWrong ? 0 : 1 - wrong / length;
}

/** `1 - 0.7` is a little less than 0.3. */
const ROUNDING = 1e-9;

function wordsOf(text: string): readonly string[] {
  return [...new Set(normalizeWords(text).split(' '))].filter((word) => word !== '');
}
