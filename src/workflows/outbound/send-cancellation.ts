/** A person of the business can always stop the bot, or a sequence: what it could not say yet is not said any more. */

import { CancellationScope } from '@temporalio/workflow';

export interface Hush {
  /** From the moment somebody takes over until the conversation has heard of it; or since a sequence was stopped. */
  readonly isOn: boolean;
  begin(): void;
  end(): void;
  /** Runs a step that may have to wait for days; `undefined` when somebody takes over first. */
  unless<T>(step: () => Promise<T>): Promise<T | undefined>;
}

export function createHush(): Hush {
  const waiting = new Set<CancellationScope>();
  let isOn = false;
  return {
    get isOn() {
      return isOn;
    },
    begin() {
      isOn = true;
      for (const scope of waiting) scope.cancel();
    },
    end() {
      isOn = false;
    },
    async unless(step) {
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
