import { BotError } from '../domain/bot-error.ts';
import { isObject } from '../messenger/check/json.ts';
import type { Duration } from './duration.ts';
import { optionsOf } from './options.ts';

/** Activities: ordinary async functions that run in Node, outside the sandbox. They may use databases, mail, an LLM. */
// oxlint-disable-next-line typescript/no-explicit-any -- any function at all; `unknown` parameters would refuse them
export type ActivityFunctions = Record<string, (...args: any[]) => Promise<unknown>>;

/** The activities of a plugin or a sequence that declares none. */
export type NoActivities = Record<never, never>;

/** Timeouts and retries of one activity; the names are Temporal's. Each duration is at most a year. */
export interface ActivityOptions {
  /** How long one attempt may take. Default: 30 seconds. */
  readonly startToCloseTimeout?: Duration;
  /** How long all attempts together may take. Default: no limit. */
  readonly scheduleToCloseTimeout?: Duration;
  /** An attempt that reports no heartbeat for this long counts as failed. Default: no heartbeat is needed. */
  readonly heartbeatTimeout?: Duration;
  /** When a failed attempt is repeated. */
  readonly retry?: {
    /** A whole number from 1; 1 for an activity that must not be repeated. Default: 5. */
    readonly maximumAttempts?: number;
    /** The wait before the second attempt. Default: 1 second. */
    readonly initialInterval?: Duration;
    /** The longest wait. Default: 100 times `initialInterval`. */
    readonly maximumInterval?: Duration;
    /** By how much each wait is longer than the one before, from 1. Default: 2. */
    readonly backoffCoefficient?: number;
    /** `type`s of Temporal's `ApplicationFailure`, or names of error classes, after which no attempt would help. */
    readonly nonRetryableErrorTypes?: string[];
  };
}

/** The activities of a plugin or a sequence: their names with options; the functions are known by type alone. */
export interface DeclaredActivities<Activities extends ActivityFunctions> {
  /** Options by the activity's name. */
  readonly options: { readonly [Name in keyof Activities]: ActivityOptions };
  /** Never set: it carries the type of the functions. */
  readonly type?: Activities;
}

/**
 * Declares the activities of a plugin or a sequence: which functions of `activities.ts` it may call, each with its
 * options. The functions themselves stay in `activities.ts` beside the bot and never enter the sandbox.
 *
 * ```ts
 * import type { activities } from './activities.ts';
 *
 * definePlugin({
 *   name: 'crm',
 *   activities: declareActivities<typeof activities>({ saveToCrm: { startToCloseTimeout: '10 seconds' } }),
 *   async onMessage(ctx) { await ctx.activities.saveToCrm({ … }); … },
 * });
 * ```
 * List every function of the type, with `{}` for the defaults. To leave some out, name those you want:
 * `declareActivities<Pick<typeof activities, 'saveToCrm'>>`. Functions that are not listed cannot be called. When the
 * bot is loaded, each listed function must be in `activities.ts`.
 *
 * Arguments and results are plain JSON. A call that fails for good throws into the hook or the sequence. Each call has an
 * idempotency key that stays the same when it is retried: `idempotencyKey()` from `everthread/activities`.
 *
 * @throws BotError `bot_invalid` for invalid options.
 */
export function declareActivities<Activities extends ActivityFunctions>(
  options: DeclaredActivities<Activities>['options'],
): DeclaredActivities<Activities> {
  checkDeclaredActivities('declareActivities', options);
  return { options };
}

const TIMEOUTS = ['startToCloseTimeout', 'scheduleToCloseTimeout', 'heartbeatTimeout'];
const RETRY_WAITS = ['initialInterval', 'maximumInterval'];
const RETRY_OPTIONS = [...RETRY_WAITS, 'maximumAttempts', 'backoffCoefficient', 'nonRetryableErrorTypes'];

/** Throws a `BotError` unless each activity is listed by name with valid options. `owner` begins the error message. */
export function checkDeclaredActivities(owner: string, options: unknown): void {
  if (!isObject(options) || Object.keys(options).some((name) => [...TIMEOUTS, 'retry'].includes(name))) {
    throw new BotError(
      'bot_invalid',
      `${owner}: list activities by name, each with its options. Write: declareActivities<typeof activities>({ saveToCrm: { startToCloseTimeout: '10 seconds' } })`,
    );
  }
  const check = optionsOf(owner);
  for (const [activity, given] of Object.entries(options)) {
    check.that(isObject(given), activity, 'options such as {}', given);
    const { retry = {}, ...timeouts } = given as Record<string, unknown>;
    for (const [option, value] of Object.entries(timeouts)) {
      check.that(TIMEOUTS.includes(option), `${activity}.${option}`, `one of ${TIMEOUTS.join(', ')}, retry`, value);
      check.duration(`${activity}.${option}`, value);
    }
    check.that(isObject(retry), `${activity}.retry`, 'an object such as { maximumAttempts: 1 }', retry);
    for (const [option, value] of Object.entries(retry as Record<string, unknown>)) {
      const path = `${activity}.retry.${option}`;
      check.that(RETRY_OPTIONS.includes(option), path, `one of ${RETRY_OPTIONS.join(', ')}`, value);
      if (RETRY_WAITS.includes(option)) check.duration(path, value);
      if (option === 'maximumAttempts') {
        check.that(Number.isInteger(value) && Number(value) > 0, path, 'a whole number from 1', value);
      }
    }
  }
}
