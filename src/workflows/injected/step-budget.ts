/**
 * Limits what a bot's code may do in one hook or in one step of a sequence. The bundler adds a call of `spendSteps` to each
 * loop, function and `await` of the bot (`src/temporal/bundling/instrument-loader.mjs`), so that `while (true) {}` ends in an
 * error that is caught like any other, at the same step in every replay. Without it the sandbox would stop the whole
 * workflow task after five seconds and retry it for ever; inside a promise that ends the process.
 *
 * A step is one turn of a loop. Work inside Node itself is not counted: a regular expression, `'x'.repeat(1e9)`.
 */
const MAX_BUDGET_STEPS = 1_000_000;

let stepsLeft = MAX_BUDGET_STEPS;

/** Gives the bot's code that runs next a full budget. */
export function startStepBudget(): void {
  stepsLeft = MAX_BUDGET_STEPS;
}

/** Takes steps off the budget; throws when none are left. */
export function spendSteps(count: number): void {
  stepsLeft -= count;
  if (stepsLeft >= 0) return;
  throw new Error(
    `It does too much at once: more than ${MAX_BUDGET_STEPS} turns of loops, or 2000 awaits. Does it end? Work this long belongs in an activity.`,
  );
}
