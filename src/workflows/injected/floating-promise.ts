import { log } from '@temporalio/workflow';

/**
 * The value of a statement that nobody looks at: `save();`. The bundler puts every such statement of a bot in here
 * (`src/temporal/bundling/loop-guard.mjs`), because a promise that fails unseen would fail the whole task, again and again.
 */
export function leftAlone(value: unknown): void {
  if (!(value instanceof Promise)) return;
  value.catch((error: unknown) => {
    log.error('A promise that nobody awaits failed. Await it, or catch what it throws', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
}
