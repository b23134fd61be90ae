import type { Sinks } from '@temporalio/workflow';

/** Tells the worker what failed in the bot, for its metrics. Not called during replays; no history has it. */
export interface FailureSinks extends Sinks {
  readonly failures: {
    /** A hook of the plugin failed. */
    plugin(name: string): void;
    /** A run of the sequence failed. */
    sequence(name: string): void;
  };
}
