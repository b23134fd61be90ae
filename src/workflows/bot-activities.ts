/** Calls of the activities that the bot's developer wrote. */

import { proxyActivities } from '@temporalio/workflow';
import type { ActivityFunctions, DeclaredActivities } from '../plugins/plugin-activities.ts';

/** How often each key was used in a turn or in a run of a sequence; the next ordinal under that key. */
export type CallOrdinals = Map<string, number>;

interface Caller {
  /** Begins the activity ids: the cause's id and, in a turn, the plugin's name: `i42/crm`. */
  readonly prefix: string;
  readonly counts: CallOrdinals;
  /** Runs each call, so that the hook or the step of the sequence counts as waiting for it. */
  readonly run: <T>(call: () => Promise<T>) => Promise<T>;
}

const RETRY = { maximumAttempts: 5 };
/** As JSON. Temporal refuses a payload that is too large, and the whole conversation would be stuck at it. */
const MAX_ARGUMENTS_CHARS = 500_000;

/**
 * The declared activities, and no others, as functions. The activity id of a call is `{prefix}/{activity}/{ordinal}`;
 * `idempotencyKey` of `everthread/activities` is made of it.
 */
export function createBotActivities(
  declared: DeclaredActivities<ActivityFunctions> | undefined,
  { prefix, counts, run }: Caller,
): ActivityFunctions {
  const functions = Object.entries(declared?.options ?? {}).map(([name, options]) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      const size = JSON.stringify(args).length;
      if (size > MAX_ARGUMENTS_CHARS) {
        throw new Error(`${name} was given ${size} characters as JSON; the limit is ${MAX_ARGUMENTS_CHARS}.`);
      }
      const activities = proxyActivities<ActivityFunctions>({
        startToCloseTimeout: '30 seconds',
        ...(options as object),
        retry: { ...RETRY, ...options.retry },
        activityId: `${prefix}/${name}/${nextOrdinal(counts, `${prefix}/${name}`)}`,
      });
      return activities[name]?.(...args);
    };
    return [name, (...args: unknown[]) => run(() => call(...args))] as const;
  });
  return Object.fromEntries(functions);
}

/** Counts one more use of a key: 0 for the first. */
export function nextOrdinal(counts: CallOrdinals, key: string): number {
  const ordinal = counts.get(key) ?? 0;
  counts.set(key, ordinal + 1);
  return ordinal;
}
