import type { Fault } from '../simulator/index.ts';

/** A fault of the simulator's Graph API, and what it means for the send. */
export interface Failure {
  readonly fault: Fault;
  readonly meaning: string;
}

/**
 * Failures of a send at Meta, by name. The numbers are Meta's (messenger-platform/error-codes, 2026-06-25);
 * `docs/errors.md` lists the outcomes. Failures that stop a whole Page, such as an expired token, are not included: they
 * would stop the other conversations too, and no bot can react to them.
 */
export const FAILURES = {
  'rate limited': failure({ kind: 'error', code: 613, subcode: 2534040 }, 'Too many sends: it is tried again later.'),
  'temporary failure': failure({ kind: 'error', code: 1200 }, 'Meta is out of order: it is tried again.'),
  'person unavailable': failure(
    { kind: 'error', code: 551, subcode: 1545041 },
    'The person cannot get messages now: `failed`, and `refused` until they write.',
  ),
  'window closed': failure(
    { kind: 'error', code: 10, subcode: 2018278 },
    'Meta considers the messaging window closed.',
  ),
  'permission missing': failure({ kind: 'error', code: 200 }, 'The app lacks a right: `failed`, with `permission`.'),
  'bad request': failure({ kind: 'error', code: 100 }, 'Meta does not understand the message: `failed`.'),
  'unknown failure': failure({ kind: 'error', code: 1 }, 'Nobody knows whether it was delivered; it was not.'),
  'delivered, but an error is answered': failure(
    { kind: 'error_after', code: 1, subcode: 1357046 },
    'It was delivered all the same; its echo says so.',
  ),
  'answer lost': failure({ kind: 'cut_after' }, 'Delivered, but the connection breaks before the answer.'),
  'connection lost': failure({ kind: 'cut_before' }, 'The connection breaks, and nothing was delivered.'),
  slow: failure({ kind: 'slow', ms: 1000 }, 'All is well, a second later.'),
} as const satisfies Record<string, Failure>;

/** One of the names in {@link FAILURES}. */
export type FailureName = keyof typeof FAILURES;

function failure(fault: Fault, meaning: string): Failure {
  return { fault, meaning };
}

/** The fault behind a name of `FAILURES`; throws a `TestError` that lists the names. */
export function faultNamed(name: FailureName): Fault {
  if (Object.hasOwn(FAILURES, name)) return FAILURES[name].fault;
  const names = Object.keys(FAILURES).map((one) => `"${one}"`);
  throw new TestError(`There is no failure called "${name}". There are: ${names.join(', ')}.`);
}

/** A mistake in a test; the message says how to correct it. */
export class TestError extends Error {
  override readonly name = 'TestError';
}
