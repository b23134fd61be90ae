import type { ActivityOptions } from '@temporalio/common';

/** Ordinary async functions that run outside the sandbox: databases, mail, an LLM. */
// oxlint-disable-next-line typescript/no-explicit-any -- any function at all; `unknown` parameters would refuse them
export type Outside = Record<string, (...args: any[]) => Promise<unknown>>;

/** The type of a plugin's activities, and how they are called. */
export interface OutsideHalf<Activities extends Outside> {
  readonly options: ActivityOptions;
  /** Only there for the compiler. */
  readonly type?: Activities;
}

/**
 * Gives a plugin its outside half, by type only: the functions themselves stay in `activities.ts` beside the bot
 * and never enter the sandbox.
 *
 * ```ts
 * import type { activities } from './activities.ts';
 * definePlugin({ name: 'crm', activities: outside<typeof activities>({ startToCloseTimeout: '10 seconds' }), … })
 * ```
 * A call that fails for good throws into the hook.
 */
export function outside<Activities extends Outside>(options: ActivityOptions = {}): OutsideHalf<Activities> {
  return { options: { startToCloseTimeout: '30 seconds', retry: { maximumAttempts: 5 }, ...options } };
}
