/** Puts the plans of `plan.ts` into effect, for every pattern of a realm. */

import { createPlanner, describeUnboundPattern, type PatternPlan } from './plan.ts';
import { createSplit } from './split.ts';

const FLAGS = {
  d: 'hasIndices',
  g: 'global',
  i: 'ignoreCase',
  m: 'multiline',
  s: 'dotAll',
  u: 'unicode',
  v: 'unicodeSets',
  y: 'sticky',
} as const;

/**
 * Makes every pattern of this realm read a text in bounded time: literals, patterns built at run time, those of libraries.
 * All of JavaScript's functions that take a pattern call `RegExp.prototype.exec`. `spend` is told what each call takes
 * from the step budget, and may throw.
 */
export function boundPatterns(spend: (turns: number) => void): void {
  const { prototype } = RegExp;
  const { apply, defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;
  // oxlint-disable-next-line typescript/unbound-method -- called with a pattern as `this` below
  const nativeExec = prototype.exec;
  const run = (pattern: RegExp, text: string) => apply(nativeExec, pattern, [text]);
  const getterOf = (name: string) => {
    const getter = getOwnPropertyDescriptor(prototype, name)?.get;
    return (pattern: RegExp): unknown => getter && apply(getter, pattern, []);
  };
  const sourceOf = getterOf('source') as (pattern: RegExp) => string;
  const flagGetters = Object.entries(FLAGS).map(([flag, name]) => [flag, getterOf(name)] as const);
  const planPattern = createPlanner();
  const plans = new WeakMap<RegExp, PatternPlan>();
  /** The planner uses patterns itself, which need no plan. */
  let isPlanning = false;

  function flagsOf(pattern: RegExp): string {
    let flags = '';
    for (const [flag, isSet] of flagGetters) if (isSet(pattern) === true) flags += flag;
    return flags;
  }

  function planOf(pattern: RegExp): PatternPlan {
    const source = sourceOf(pattern);
    const flags = flagsOf(pattern);
    isPlanning = true;
    try {
      const plan = planPattern(source, flags);
      plans.set(pattern, plan);
      return plan;
    } finally {
      isPlanning = false;
    }
  }

  function refuse(pattern: RegExp): never {
    isPlanning = true;
    try {
      throw new SyntaxError(describeUnboundPattern(sourceOf(pattern), flagsOf(pattern)));
    } finally {
      isPlanning = false;
    }
  }

  const bounded = {
    exec(this: RegExp, value: unknown): RegExpExecArray | null {
      if (isPlanning) return run(this, value as string);
      const plan = plans.get(this) ?? planOf(this);
      const text = `${value as string}`;
      const { maxChars, linear } = plan;
      if (maxChars === 0) return refuse(this);
      const isCut = text.length > maxChars;
      const chars = isCut ? maxChars : text.length;
      spend(plan.turns(chars));
      if (chars <= plan.maxBacktrackingChars && !isCut) return run(this, text);
      const read = isCut ? text.slice(0, maxChars) : text;
      if (!linear) return withInput(run(this, read), text);
      // Only patterns that remember where they stopped read `lastIndex`.
      const remembers = linear.global || linear.sticky;
      if (remembers) linear.lastIndex = this.lastIndex;
      const result = run(linear, read);
      if (remembers) this.lastIndex = linear.lastIndex;
      return withInput(result, text);
    },
  };
  // oxlint-disable-next-line typescript/unbound-method -- JavaScript calls it with a pattern as `this`
  defineProperty(prototype, 'exec', { value: bounded.exec });
  defineProperty(prototype, Symbol.split, { value: createSplit() });
  // It would change the pattern of an object whose plan is known.
  deleteProperty(prototype, 'compile');
}

function withInput(result: RegExpExecArray | null, text: string): RegExpExecArray | null {
  if (result) result.input = text;
  return result;
}
