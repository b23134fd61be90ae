/** Calls of the author's own activities. */
import { proxyActivities } from '@temporalio/workflow';
import type { Outside, OutsideHalf } from '../plugins/plugin-activities.ts';

/** Counts the calls of each name, so that each gets a number of its own. */
export type CallCounts = Map<string, number>;

interface Calls {
  /** What asks, as part of the calls' names: `i42/crm`. The same when everything is done again. */
  readonly occasion: string;
  readonly counts: CallCounts;
  readonly ask: <T>(question: () => Promise<T>) => Promise<T>;
}

const RETRY = { maximumAttempts: 5 };
/** As JSON: a payload that is too large for the engine would hold up the whole conversation. */
const LARGEST_ARGUMENTS = 500_000;

/**
 * The listed activities and no others, as functions. A call is named `{occasion}/{activity}/{ordinal}`; that is its
 * activity id, and what `idempotencyKey` in `everthread/activities` is made of.
 */
export function authorsActivities(half: OutsideHalf<Outside> | undefined, { occasion, counts, ask }: Calls): Outside {
  const calls = Object.entries(half?.options ?? {}).map(([name, options]) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      const size = JSON.stringify(args).length;
      if (size > LARGEST_ARGUMENTS) {
        throw new Error(
          `${name} was given ${size} characters as JSON; at most ${LARGEST_ARGUMENTS} can be handed over.`,
        );
      }
      const prefix = `${occasion}/${name}`;
      const ordinal = counts.get(prefix) ?? 0;
      counts.set(prefix, ordinal + 1);
      const retry = { ...RETRY, ...options.retry };
      const activityId = `${prefix}/${ordinal}`;
      const activities = proxyActivities<Outside>({
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
