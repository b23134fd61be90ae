/**
 * How much the code of a bot may do in one hook or one step of a sequence. The bundler puts a call of `spend` into
 * every loop, function and `await` of the bot (`src/temporal/bundling/loop-guard.mjs`), so `while (true) {}` ends in an error
 * that is caught like any other, at the same turn in every replay. Without it the sandbox would stop the whole task
 * after five seconds and try it again for ever; in the middle of a promise that ends the process.
 *
 * One unit is one turn of a loop. What Node does by itself is not counted: a regular expression, `'x'.repeat(1e9)`.
 */
const BUDGET = 1_000_000;

let left = BUDGET;

export function startStepBudget(): void {
  left = BUDGET;
}

export function spend(cost: number): void {
  left -= cost;
  if (left >= 0) return;
  throw new Error(
    `It does too much at once: more than ${BUDGET} turns of loops, or 2000 awaits. Does it end? Work this long belongs in an activity.`,
  );
}
