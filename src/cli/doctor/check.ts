/** The checks of `everthread doctor` and their results. */

/** The id of a check; each has a row in `docs/doctor.md`. */
export type CheckId =
  | 'node'
  | 'settings'
  | 'required-settings'
  | 'secrets'
  | 'bot'
  | 'store'
  | 'temporal'
  | 'search-attributes'
  | 'worker'
  | 'webhook'
  | 'graph'
  | 'graph-version'
  | 'app'
  | 'app-subscription'
  | 'callback'
  | 'certificate'
  | 'public-webhook'
  | 'tasks'
  | 'page-token'
  | 'page-permissions'
  | 'page-subscription'
  | 'page-held'
  | 'page-events'
  | 'inbox'
  | 'webhook-answers'
  | 'slow-answers'
  | 'failed-sends'
  | 'waiting-sends'
  | 'unknown-sends'
  | 'refused-sends'
  | 'destinations'
  | 'app-mode'
  | 'app-role'
  | 'round-trip';

/** The words that people search for when something does not work, as in `docs/doctor.md`. */
export const SYMPTOMS = {
  not_validated: 'callback URL or verify token could not be validated',
  only_locally: 'handshake works locally, fails in the dashboard',
  no_events: 'verified, but no events come',
  no_answer: 'events arrive, no answer',
  signature: '401, signature mismatch',
  after_a_day: 'answers fail after the first day',
  twice: 'events appear twice',
  stopped: 'events stop after an outage',
} as const;

/** The id of a symptom. */
export type Symptom = keyof typeof SYMPTOMS;

/** `warning`: needs attention, or cannot be known from here. `not_checked`: another check comes first. */
export type Status = 'ok' | 'error' | 'warning' | 'not_checked';

/** One result of a check; a check may have several. */
export interface CheckResult {
  readonly status: Status;
  /** The finding and, unless it is ok, what to do. */
  readonly message: string;
  readonly symptom?: Symptom;
}

/** A result as the report prints it. */
export interface Finding extends CheckResult {
  readonly check: CheckId;
  /** What was checked where there may be several: `Page 104857600123456`. */
  readonly about?: string;
}

/** One check of `Subject`; an error that it throws is its result. */
export interface Check<Subject> {
  readonly id: CheckId;
  /** Checks that must have ended as ok or warning before this one can run. */
  readonly requires?: readonly CheckId[];
  readonly run: (subject: Subject) => CheckResults | Promise<CheckResults>;
}

type CheckResults = CheckResult | readonly CheckResult[];

/** The check passed. */
export function ok(message: string): CheckResult {
  return { status: 'ok', message };
}

/** Something is wrong, and the command exits with 1. */
export function error(message: string, symptom?: Symptom): CheckResult {
  return { status: 'error', message, ...(symptom && { symptom }) };
}

/** Needs attention, or cannot be known from here. */
export function warning(message: string, symptom?: Symptom): CheckResult {
  return { status: 'warning', message, ...(symptom && { symptom }) };
}

/** The check could not run; `message` says why. */
export function notChecked(message: string): CheckResult {
  return { status: 'not_checked', message };
}
