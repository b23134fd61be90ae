/** A person of the business can always stop the bot, or a sequence: what it could not say yet is not said any more. */

import { CancellationScope } from '@temporalio/workflow';

export interface SendCancellation {
  /** From the moment somebody takes over until the conversation has heard of it; or since a sequence was stopped. */
  readonly isCancelled: boolean;
  cancel(): void;
  reset(): void;
  /** Runs a step that may have to wait for days; `undefined` when somebody takes over first. */
  run<T>(step: () => Promise<T>): Promise<T | undefined>;
}

export function createSendCancellation(): SendCancellation {
  const waiting = new Set<CancellationScope>();
  let isOn = false;
  return {
    get isCancelled() {
      return isOn;
    },
    cancel() {
      isOn = true;
      for (const scope of waiting) scope.cancel();
    },
    reset() {
      isOn = false;
    },
    async run(step) {
      if (isOn) return undefined;
      const scope = new CancellationScope();
      waiting.add(scope);
      try {
        return await scope.run(step);
      } catch (error) {
        // A try that was under way may fail in its own words.
        if (scope.consideredCancelled) return undefined;
        throw error;
      } finally {
        waiting.delete(scope);
      }
    },
  };
}
