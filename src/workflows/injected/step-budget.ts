/**
 * Limits what a bot's code may do in one hook or in one step of a sequence. The bundler adds a call of `spendSteps` to each
 * loop, function, `await` and promise of the bot (`src/temporal/bundling/instrument-loader.mjs`), so that `while (true) {}`
 * ends in an error that is caught like any other, at the same step in every replay. Without it the sandbox would stop the
 * whole workflow task after five seconds and retry it for ever; inside a promise that ends the process.
 *
 * A step is one turn of a loop. Patterns and some built-in functions are counted by what they work on (`src/realm`). Other
 * work inside Node is not: a huge BigInt, `JSON.stringify`, `sort`.
 */
const MAX_BUDGET_STEPS = 1_000_000;

let stepsLeft = MAX_BUDGET_STEPS;
/** The activation in which the bot's code began or went on, while it may run. */
let runsIn: unknown;

/** Gives the bot's code that runs next a full budget. */
export function startStepBudget(): void {
  stepsLeft = MAX_BUDGET_STEPS;
  runsIn = currentActivation();
}

/** Says that everthread's own code runs next. */
export function endStepBudget(): void {
  runsIn = undefined;
}

/**
 * Takes steps off the budget; throws when none are left. Without a count it passes `value` on, after an `await` or an expression
 * that was paid for: a promise that is thrown away there would be one that nobody awaits.
 */
export function spendSteps<T>(count = 0, value?: T): T | undefined {
  if (count === 0) {
    runsIn = currentActivation();
    return value;
  }
  stepsLeft -= count;
  if (stepsLeft < 0) fail();
  return value;
}

/**
 * Takes the steps of a built-in function off the budget. Everthread and the SDK call those too, between two pieces of the
 * bot's code: there it does not throw, and the next step of the bot does.
 */
export function spendBuiltInSteps(count: number): void {
  stepsLeft -= count;
  if (stepsLeft < 0 && runsIn !== undefined && runsIn === currentActivation()) fail();
}

/** Temporal replaces this object at the start of each activation. */
function currentActivation(): unknown {
  return (globalThis as { __TEMPORAL_ACTIVATOR__?: { readonly info?: unknown } }).__TEMPORAL_ACTIVATOR__?.info;
}

function fail(): never {
  throw new Error(
    `It does too much at once: more than ${MAX_BUDGET_STEPS} turns of loops, or 2000 awaits. Does it end? Work this long belongs in an activity.`,
  );
}
