/** What a check of `everthread doctor` is, and what it can find. */

/** Every one has a row in `docs/doctor.md`. */
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
  | 'lead-webhook'
  | 'app-mode'
  | 'app-role'
  | 'round-trip';

/** What people search for when something does not work. Those of `docs/doctor.md` that can happen here. */
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

export type Symptom = keyof typeof SYMPTOMS;

/** `look`: not wrong, or not to be known from here, and a person should look. `not_checked`: something else comes first. */
export type Status = 'ok' | 'wrong' | 'look' | 'not_checked';

export interface Outcome {
  readonly status: Status;
  /** What was found and, unless it is ok, what to do. */
  readonly says: string;
  readonly symptom?: Symptom;
}

export interface Finding extends Outcome {
  readonly check: CheckId;
  /** `Page 104857600123456`, where there may be several. */
  readonly about?: string;
}

/** One thing to look at. What it throws is what is wrong. */
export interface Check<Subject> {
  readonly id: CheckId;
  /** What must have been found in order, or at least not wrong, before this can say anything. */
  readonly after?: readonly CheckId[];
  readonly look: (subject: Subject) => Looked | Promise<Looked>;
}

type Looked = Outcome | readonly Outcome[];

export function ok(says: string): Outcome {
  return { status: 'ok', says };
}

export function wrong(says: string, symptom?: Symptom): Outcome {
  return { status: 'wrong', says, ...(symptom && { symptom }) };
}

export function look(says: string, symptom?: Symptom): Outcome {
  return { status: 'look', says, ...(symptom && { symptom }) };
}

export function notChecked(says: string): Outcome {
  return { status: 'not_checked', says };
}
