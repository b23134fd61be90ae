/** Cancels a bot's or a sequence's pending sends when an operator takes over or the sequence is stopped. */

import { CancellationScope } from '@temporalio/workflow';

/** The cancellation that all sends of one conversation, or of one run of a sequence, share. */
export interface SendCancellation {
  /** True from the take-over until the conversation handles it; for good once a sequence was stopped. */
  readonly isCancelled: boolean;
  /** Cancels what waits in {@link run}, and all later calls of it until {@link reset}. */
  cancel(): void;
  /** Allows sends again. */
  reset(): void;
  /** Runs a step that may wait for days; resolves to `undefined` when it is cancelled. */
  run<T>(step: () => Promise<T>): Promise<T | undefined>;
}

/** Creates a cancellation that is not active. */
export function createSendCancellation(): SendCancellation {
  const waiting = new Set<CancellationScope>();
  let isCancelled = false;
  return {
    get isCancelled() {
      return isCancelled;
    },
    cancel() {
      isCancelled = true;
      for (const scope of waiting) scope.cancel();
    },
    reset() {
      isCancelled = false;
    },
    async run(step) {
      if (isCancelled) return undefined;
      const scope = new CancellationScope();
      waiting.add(scope);
      try {
        return await scope.run(step);
      } catch (error) {
        // An attempt that was under way may fail with an error of its own.
        if (scope.consideredCancelled) return undefined;
        throw error;
      } finally {
        waiting.delete(scope);
      }
    },
  };
}
