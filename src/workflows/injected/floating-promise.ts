import { log } from '@temporalio/workflow';

/**
 * Reports the failure of a floating promise, one that nobody awaits (`save();`). The bundler wraps each such statement of
 * a bot in a call of it (`src/temporal/bundling/instrument-loader.mjs`): an unhandled rejection would fail the whole workflow
 * task, again and again.
 */
export function reportFloatingPromise(value: unknown): void {
  if (!(value instanceof Promise)) return;
  value.catch((error: unknown) => {
    log.error('A promise that nobody awaits failed. Await it, or catch what it throws', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
}
