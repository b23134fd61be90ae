import { BotError } from '../domain/bot-error.ts';
import type { Duration } from './duration.ts';
import { optionsOf } from './options.ts';

/** Ordinary async functions that run outside the sandbox: databases, mail, an LLM. */
// oxlint-disable-next-line typescript/no-explicit-any -- any function at all; `unknown` parameters would refuse them
export type ActivityFunctions = Record<string, (...args: any[]) => Promise<unknown>>;

/** Of a plugin or a sequence that calls none. */
export type NoActivities = Record<never, never>;

/** How one activity is called: its time limits and its retries. */
export interface ActivityOptions {
  /** How long one try may take. Default: 30 seconds. */
  readonly startToCloseTimeout?: Duration;
  /** How long all tries together may take. Default: as long as they take. */
  readonly scheduleToCloseTimeout?: Duration;
  /** A try that reports no heartbeat for so long counts as failed. Default: none is asked for. */
  readonly heartbeatTimeout?: Duration;
  /** Default: five tries, a second after the first failure, each further wait twice as long. */
  readonly retry?: {
    /** 1 for one that must not be tried again. */
    readonly maximumAttempts?: number;
    readonly initialInterval?: Duration;
    readonly maximumInterval?: Duration;
    readonly backoffCoefficient?: number;
    /** `type`s of Temporal's `ApplicationFailure`, or names of error classes, after which no try would help. */
    readonly nonRetryableErrorTypes?: string[];
  };
}

/** A plugin's or a sequence's activities: their names and options, and by type alone the functions. */
export interface DeclaredActivities<Activities extends ActivityFunctions> {
  readonly options: { readonly [Name in keyof Activities]: ActivityOptions };
  /** Only there for the compiler. */
  readonly type?: Activities;
}

/**
 * Gives a plugin or a sequence its outside half: which functions of `activities.ts` it may call, each with its options.
 * The functions themselves stay in `activities.ts` beside the bot and never enter the sandbox.
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
 * Every function of the type is listed, with `{}` where the defaults will do. To leave some out, name those you want:
 * `declareActivities<Pick<typeof activities, 'saveToCrm'>>`. What is not listed is not there, at run time as well.
 *
 * A call that fails for good throws into the hook, or into the sequence. Each call has a key that stays the same when it
 * is tried again: `idempotencyKey()` from `everthread/activities`. When the bot is loaded, each listed function must be
 * in `activities.ts`.
 *
 * @throws BotError `bot_invalid` for options that are none.
 */
export function declareActivities<Activities extends ActivityFunctions>(
  options: DeclaredActivities<Activities>['options'],
): DeclaredActivities<Activities> {
  checkDeclaredActivities('declareActivities', options);
  return { options };
}

const TIMES = ['startToCloseTimeout', 'scheduleToCloseTimeout', 'heartbeatTimeout'];
const RETRY_TIMES = ['initialInterval', 'maximumInterval'];
const RETRY_PARTS = [...RETRY_TIMES, 'maximumAttempts', 'backoffCoefficient', 'nonRetryableErrorTypes'];

/** Throws unless every activity is listed by name, with options that are some. `whose` begins the sentence. */
export function checkDeclaredActivities(whose: string, options: unknown): void {
  if (!isObject(options) || Object.keys(options).some((name) => [...TIMES, 'retry'].includes(name))) {
    throw new BotError(
      'bot_invalid',
      `${whose}: list activities by name, each with its options. Write: declareActivities<typeof activities>({ saveToCrm: { startToCloseTimeout: '10 seconds' } })`,
    );
  }
  const check = optionsOf(whose);
  for (const [activity, those] of Object.entries(options)) {
    check.that(isObject(those), activity, 'options such as {}', those);
    const { retry = {}, ...times } = those as Record<string, unknown>;
    for (const [option, value] of Object.entries(times)) {
      check.that(TIMES.includes(option), `${activity}.${option}`, `one of ${TIMES.join(', ')}, retry`, value);
      check.duration(`${activity}.${option}`, value);
    }
    check.that(isObject(retry), `${activity}.retry`, 'an object such as { maximumAttempts: 1 }', retry);
    for (const [option, value] of Object.entries(retry as Record<string, unknown>)) {
      const path = `${activity}.retry.${option}`;
      check.that(RETRY_PARTS.includes(option), path, `one of ${RETRY_PARTS.join(', ')}`, value);
      if (RETRY_TIMES.includes(option)) check.duration(path, value);
      if (option === 'maximumAttempts') {
        check.that(Number.isInteger(value) && Number(value) > 0, path, 'a whole number from 1', value);
      }
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
