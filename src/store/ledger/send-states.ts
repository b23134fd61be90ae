/** The states of a send. `docs/architecture.md` draws them from the table below. */

import type { SendsTable } from '../db/tables.ts';

/** How far a send has come, as stored; except that the column says `doubtful` for `unconfirmed`. */
export type SendStatus =
  /** A worker calls Meta for it, or crashed while it did. */
  | 'calling'
  /** Certainly not delivered yet; tried again later. */
  | 'waiting'
  /** Perhaps delivered: its echo tells, or else its guarantee decides. */
  | 'unconfirmed'
  /** Meta took it. */
  | 'sent'
  /** Meta's rules forbid it, or the person does not want it. */
  | 'refused'
  /** Certainly not delivered, and not tried again. */
  | 'failed'
  /** Perhaps delivered, and not tried again. */
  | 'unknown';

/** A change of status: allowed from the statuses in `from`; `new` is a send that has no row yet. */
export interface SendTransition {
  readonly from: readonly (SendStatus | 'new')[];
  readonly to: SendStatus;
}

/** An attempt may still change these: a final status is proof, or an end that was reported to the bot. */
const NOT_FINAL = ['calling', 'waiting', 'unconfirmed'] as const;

/** Every change of status, by what happened. The ledger writes no other. */
export const SEND_TRANSITIONS = {
  /** The policy allows the send, and this worker may call Meta. */
  call: { from: ['new', 'waiting', 'unconfirmed'], to: 'calling' },
  /** The policy holds the send. A held retry changes nothing. */
  hold: { from: ['new'], to: 'waiting' },
  /** The policy refuses the send. */
  refuse: { from: ['new', 'waiting', 'unconfirmed'], to: 'refused' },
  /** Meta's answer has a message id, or the echo came. Proof outweighs every other status. */
  confirm: { from: [...NOT_FINAL, 'refused', 'failed', 'unknown'], to: 'sent' },
  /** Meta rejected the call, and a later one may succeed. */
  postpone: { from: NOT_FINAL, to: 'waiting' },
  /** The call ended without an answer that says whether Meta delivered. */
  lose_answer: { from: NOT_FINAL, to: 'unconfirmed' },
  /** Meta rejected the call because of the window or the person. */
  reject: { from: NOT_FINAL, to: 'refused' },
  /** Meta rejected the call for good, or the send was held for too long. */
  fail: { from: NOT_FINAL, to: 'failed' },
  /** No echo came, and the guarantee is at-most-once. */
  give_up: { from: NOT_FINAL, to: 'unknown' },
  /** The conversation withdraws a send for which Meta was not called, or which Meta rejected. */
  withdraw_unsent: { from: ['waiting'], to: 'failed' },
  /** The conversation withdraws a send that Meta may have delivered. */
  withdraw_called: { from: ['calling', 'unconfirmed'], to: 'unknown' },
} as const satisfies Record<string, SendTransition>;

type StoredStatus = SendsTable['status'];

/** The status as the column has it. */
export function toStoredStatus(status: SendStatus): StoredStatus {
  return status === 'unconfirmed' ? 'doubtful' : status;
}

/** The status that a column's value means. */
export function fromStoredStatus(stored: StoredStatus): SendStatus {
  return stored === 'doubtful' ? 'unconfirmed' : stored;
}

/** The stored statuses in which a row must be for this transition. */
export function storedFrom(event: keyof typeof SEND_TRANSITIONS): readonly StoredStatus[] {
  const { from }: SendTransition = SEND_TRANSITIONS[event];
  return from.flatMap((status) => (status === 'new' ? [] : [toStoredStatus(status)]));
}

/** The stored status after this transition. */
export function storedTo(event: keyof typeof SEND_TRANSITIONS): StoredStatus {
  return toStoredStatus(SEND_TRANSITIONS[event].to);
}
