/** Calls of the author's own activities. */

import { proxyActivities } from '@temporalio/workflow';
import type { ActivityFunctions, DeclaredActivities } from '../plugins/plugin-activities.ts';

/** Counts the calls of each name, so that each gets a number of its own. */
export type CallCounts = Map<string, number>;

interface Calls {
  /** Begins the activity ids: the cause's id and, in a turn, the plugin's name: `i42/crm`. */
  readonly prefix: string;
  readonly counts: CallCounts;
  readonly ask: <T>(question: () => Promise<T>) => Promise<T>;
}

const RETRY = { maximumAttempts: 5 };
/** As JSON: a payload that is too large for the engine would hold up the whole conversation. */
const MAX_ARGUMENTS_CHARS = 500_000;

/**
 * The listed activities and no others, as functions. The activity id of a call is `{prefix}/{activity}/{ordinal}`,
 * and `idempotencyKey` in `everthread/activities` is made of it.
 */
export function authorsActivities(
  half: DeclaredActivities<ActivityFunctions> | undefined,
  { prefix, counts, ask }: Calls,
): ActivityFunctions {
  const calls = Object.entries(half?.options ?? {}).map(([name, options]) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      const size = JSON.stringify(args).length;
      if (size > MAX_ARGUMENTS_CHARS) {
        throw new Error(
          `${name} was given ${size} characters as JSON; at most ${MAX_ARGUMENTS_CHARS} can be handed over.`,
        );
      }
      const key = `${prefix}/${name}`;
      const ordinal = counts.get(key) ?? 0;
      counts.set(key, ordinal + 1);
      const retry = { ...RETRY, ...options.retry };
      const activityId = `${key}/${ordinal}`;
      const activities = proxyActivities<ActivityFunctions>({
        startToCloseTimeout: '30 seconds',
        ...(options as object),
        retry,
        activityId,
      });
      return activities[name]?.(...args);
    };
    return [name, (...args: unknown[]) => ask(() => call(...args))] as const;
  });
  return Object.fromEntries(calls);
}
