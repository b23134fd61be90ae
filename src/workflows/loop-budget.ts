/**
 * How often the loops of a bot's code may turn in one hook. The bundler puts a call of `countLoop` into every
 * loop of the bot (see `src/engine/loop-guard.mjs`), so `while (true) {}` ends in an error that is caught like any
 * other, at the same turn in every replay, in place of blocking the worker.
 */
const LOOP_BUDGET = 1_000_000;

let left = LOOP_BUDGET;

export function startLoopBudget(): void {
  left = LOOP_BUDGET;
}

export function countLoop(): void {
  left -= 1;
  if (left >= 0) return;
  throw new Error(`A loop turned more than ${LOOP_BUDGET} times. Does it end? Work this long belongs in an activity.`);
}
