/** Knows which part of the bot runs, also after an `await`: the failure of a floating promise is reported with its name. */

import { AsyncLocalStorage, log, workflowInfo } from '@temporalio/workflow';
import { describeError } from './describe-error.ts';

/** A hook of a plugin. What runs in no hook belongs to the workflow: to a sequence, or to everthread itself. */
export interface BotCode {
  readonly plugin: string;
  readonly hook: string;
}

const running = new AsyncLocalStorage<BotCode>();

/** Runs a hook; what it leaves running goes on under its name. */
export function runBotCode<T>(code: BotCode, run: () => T): T {
  return running.run(code, run);
}

/**
 * Reports the failure of a floating promise, one that nobody awaits: `const saved = save();`. The workflow thread calls it
 * in the promise's async context, after the activation (`temporal/workflow-thread/floating-promises.mjs`). It only logs, so
 * that a replay issues the same commands.
 */
export function reportFloatingPromise(error: unknown): void {
  const code = running.getStore();
  const { workflowType } = workflowInfo();
  const place = code ? `the hook ${code.hook} of plugin "${code.plugin}"` : `the workflow ${workflowType}`;
  log.error(`A promise that nobody awaits failed in ${place}. Await it, or catch what it throws`, {
    ...code,
    error: describeError(error),
  });
}
