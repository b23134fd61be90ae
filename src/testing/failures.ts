import type { Fault } from '../simulator/index.ts';

/** What becomes of a send that fails so. */
export interface Failure {
  readonly fault: Fault;
  readonly meaning: string;
}

/**
 * What can go wrong at Meta, by names that read well in a test. The numbers are Meta's
 * (messenger-platform/error-codes, 2026-06-25); `docs/errors.md` has what the bot is told. What holds back a whole Page, a
 * dead token for instance, is not among them: it would hold back the other talks, and is nothing that a bot can answer.
 */
export const FAILURES = {
  'rate limited': failure({ kind: 'error', code: 613, subcode: 2534040 }, 'Too much at once: it is tried again later.'),
  'temporary failure': failure({ kind: 'error', code: 1200 }, 'Meta is out of order: it is tried again.'),
  'person unavailable': failure(
    { kind: 'error', code: 551, subcode: 1545041 },
    'The person cannot get messages now: `failed`, and `refused` until they write.',
  ),
  'window closed': failure(
    { kind: 'error', code: 10, subcode: 2018278 },
    'Meta believes the window to be closed, whatever we believe.',
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
