/**
 * Decides how a pattern runs, so that no text keeps it busy for long. By its source and flags alone, so that a replay
 * decides alike.
 *
 * - Where the backtracking engine needs few steps, it runs, as everywhere in JavaScript.
 * - Where it may need more, V8's linear engine runs the same pattern, if it can (`src/temporal/linear-patterns.ts`). It knows
 *   no flag `i`; each letter is written as a class of its forms instead.
 * - A pattern that it cannot run gets the beginning of a text, as much as the backtracking engine finishes in time.
 */

import { expandCase } from './case-insensitive.ts';
import { createSetReader, type CharacterSet } from './character-set.ts';
import { createCostEstimate } from './cost.ts';
import { repeatsEmpty } from './empty-repeats.ts';
import { parsePattern, type Part } from './syntax.ts';

/** A person may write 20,000 characters into Messenger. Every pattern reads at most so many. */
export const MAX_PATTERN_TEXT_CHARS = 20_000;
/** A pattern that could not read so much is refused. */
export const MIN_PATTERN_TEXT_CHARS = 200;
/** Above it the linear engine is faster: some 2 ms. */
const MAX_BACKTRACKING_STEPS = 1_000_000;
/** For a pattern that only the backtracking engine can run: some 50 ms. */
const MAX_UNLIMITED_STEPS = 20_000_000;
/** Of the backtracking engine, in the time of one turn of a loop (`workflows/injected/step-budget.ts`). */
const STEPS_PER_TURN = 250;
/** What the linear engine takes for one character, in turns of a loop. */
const TURNS_PER_LINEAR_CHAR = 3;
const MAX_PLANS = 1000;

/** How a pattern runs. */
export interface PatternPlan {
  /** It reads no more of a text; 0 for a pattern that is refused. */
  readonly maxChars: number;
  /** Up to so many characters the backtracking engine runs it. */
  readonly maxBacktrackingChars: number;
  /** The same pattern for the linear engine. */
  readonly linear: RegExp | undefined;
  /** What it takes from the step budget for so many characters. */
  turns(chars: number): number;
}

/** Creates the function that plans a pattern. It keeps the plans. */
export function createPlanner(): (source: string, flags: string) => PatternPlan {
  const plans = new Map<string, PatternPlan>();
  const readSet = createSetReader();
  return (source, flags) => {
    const key = `${flags}/${source}`;
    const known = plans.get(key);
    if (known) return known;
    const plan = planPattern(source, flags, readSet);
    if (plans.size >= MAX_PLANS) plans.clear();
    plans.set(key, plan);
    return plan;
  };
}

function planPattern(
  source: string,
  flags: string,
  readSet: (source: string, flags: string) => CharacterSet,
): PatternPlan {
  const pattern = parsePattern(source, flags);
  const readOwnSet = (part: string) => readSet(part, flags);
  const linear = toLinear(source, flags, pattern, readOwnSet);
  const steps = pattern ? createCostEstimate(pattern, flags, readOwnSet) : () => Infinity;
  const maxBacktrackingChars = longest(steps, MAX_BACKTRACKING_STEPS);
  const maxChars = linear ? MAX_PATTERN_TEXT_CHARS : longest(steps, MAX_UNLIMITED_STEPS);
  const turnsAt: number[] = [];
  return {
    maxChars: maxChars < MIN_PATTERN_TEXT_CHARS ? 0 : maxChars,
    maxBacktrackingChars: linear ? maxBacktrackingChars : maxChars,
    linear,
    turns(chars) {
      // One estimate for all lengths up to the next power of two.
      const power = 32 - Math.clz32(chars);
      return (turnsAt[power] ??= turnsOf(Math.min(2 ** power, maxChars)));
    },
  };

  function turnsOf(chars: number): number {
    const usual = steps(chars) / STEPS_PER_TURN;
    return Math.ceil(linear ? Math.min(usual, chars * TURNS_PER_LINEAR_CHAR) : usual);
  }
}

/** Why a pattern is refused, and the cure. */
export function describeUnboundPattern(source: string, flags: string): string {
  const unlinear = [
    ...(/[uvd]/.test(flags) ? [`the flag ${flags.replaceAll(/[^uvd]/g, '')}`] : []),
    ...(/\(\?<?[=!]/.test(source) ? ['the lookahead or lookbehind'] : []),
    ...(/\\(?:[1-9]|k<)/.test(source) ? ['the back-reference'] : []),
    ...(/\{(?:\d+,)?[1-9]\d/.test(source) ? ['repeat counts above 16'] : []),
  ];
  const cure = unlinear.length > 0 ? `Leave out ${unlinear.join(', or ')}, or write it` : 'Write it';
  return `The pattern /${source}/${flags} takes for ever on a text of ${MIN_PATTERN_TEXT_CHARS} characters, and a person who sends one would stop the worker. ${cure} without a repetition inside a repetition.`;
}

/** The longest text, up to the limit of all patterns, for which a pattern takes so many steps. */
function longest(steps: (chars: number) => number, max: number): number {
  if (steps(MAX_PATTERN_TEXT_CHARS) <= max) return MAX_PATTERN_TEXT_CHARS;
  let fits = 0;
  let isTooLong = MAX_PATTERN_TEXT_CHARS;
  while (isTooLong - fits > 1) {
    const middle = Math.floor((fits + isTooLong) / 2);
    if (steps(middle) <= max) fits = middle;
    else isTooLong = middle;
  }
  return fits;
}

function toLinear(
  source: string,
  flags: string,
  pattern: Part | undefined,
  readSet: (source: string) => CharacterSet,
): RegExp | undefined {
  if (/[uvd]/.test(flags) || !pattern || repeatsEmpty(pattern)) return undefined;
  const same = flags.includes('i') ? expandCase(pattern, readSet) : source;
  if (same === undefined) return undefined;
  try {
    // V8 refuses what its linear engine cannot run.
    return new RegExp(same, `${flags.replace('i', '')}l`);
  } catch {
    return undefined;
  }
}
