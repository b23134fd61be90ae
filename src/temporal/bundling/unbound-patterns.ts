/** Finds the patterns of a bot that could keep a worker busy for ever, and that no engine bounds. */

import type { Program } from 'acorn';
import { simple } from 'acorn-walk';
import { createPlanner, describeUnboundPattern } from '../../realm/patterns/plan.ts';

/** A pattern that is refused. */
interface UnboundPattern {
  /** A sentence that says what is wrong, and the cure. */
  readonly problem: string;
  /** Offset in the code, from 0. */
  readonly start: number;
}

/** Finds them among the literals of a program. Patterns that are built at run time fail the hook that uses them. */
export function findUnboundPatterns(program: Program): UnboundPattern[] {
  const plan = createPlanner();
  const found: UnboundPattern[] = [];
  simple(program, {
    Literal({ regex, start }) {
      if (!regex || plan(regex.pattern, regex.flags).maxChars > 0) return;
      found.push({ problem: describeUnboundPattern(regex.pattern, regex.flags), start });
    },
  });
  return found;
}
