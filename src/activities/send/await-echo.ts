/** What the durable phase of a send does while it must not call Meta: it waits for an echo, or for a hold to end. */

import { backoffMs } from '../../backoff.ts';
import type { HoldReason } from '../../domain/error-codes.ts';
import type { Ledger, LedgerEntry } from '../../store/ledger/index.ts';
import type { SendAttempt, SendRequest } from '../../workflows/contract/index.ts';
import { retryAfter } from './retry-after.ts';

/** How long to wait for echoes, and where the outcome is recorded. */
export interface EchoWait {
  readonly ledger: Pick<Ledger, 'markUnconfirmed' | 'settle' | 'find'>;
  /** Wait for the echo of a first attempt, ms; each further attempt waits twice as long. */
  readonly echoWaitMs: number;
  /** When this process began to run, epoch ms: no echo could reach it before. */
  readonly startedAt: number;
}

const MAX_ECHO_WAIT_MS = 15 * 60_000;
/** An echo that came ends the wait at the next look. */
const ECHO_POLL_MS = 1000;

/**
 * The record of a send that may be called for again: not one whose outcome is unknown and whose echo may still come.
 *
 * @throws until the echo had its time.
 */
export async function awaitEcho(
  { ledger, echoWaitMs, startedAt }: EchoWait,
  { sendId, guarantee }: SendRequest,
  entry: LedgerEntry,
): Promise<LedgerEntry> {
  if (entry.status === 'calling') {
    await ledger.markUnconfirmed(sendId, 'no_answer', entry.attempts, Date.now());
    throw retryAfter('no_answer', 250);
  }
  if (entry.status !== 'unconfirmed') return entry;
  const waitedMs = Date.now() - Math.max(entry.unconfirmedSince ?? 0, startedAt);
  // Doubled, so that a person whose echoes do not arrive does not get the same message every minute.
  const backoff = { minMs: echoWaitMs, maxMs: Math.max(echoWaitMs, MAX_ECHO_WAIT_MS), jitter: 0 };
  const leftMs = backoffMs(backoff, entry.attempts) - waitedMs;
  if (leftMs > 0) throw retryAfter('waits_for_echo', Math.min(leftMs, ECHO_POLL_MS));
  if (guarantee === 'at-least-once') return entry;
  await ledger.settle(sendId, { status: 'unknown', code: 'no_echo' }, entry.attempts, Date.now());
  return (await ledger.find(sendId)) ?? entry;
}

/** Bounds of the wait before a held send asks the policy again: a tenth of the time it has been held. */
const HELD_RETRY_MS = { min: 5000, max: 5 * 60_000 };
/** Ends a hold that nothing else ends: that of a template, for which no window closes. */
const MAX_HOLD_MS = 7 * 24 * 3_600_000;

/**
 * Fails a send that was held for too long.
 *
 * @throws before: the send asks again, and less and less often, because thousands may wait for one token.
 */
export async function waitWhileHeld(
  ledger: Pick<Ledger, 'settle'>,
  { sendId }: SendRequest,
  { createdAt, attempts }: LedgerEntry,
  reason: HoldReason,
  now: number,
): Promise<SendAttempt> {
  const heldMs = now - createdAt;
  if (heldMs > MAX_HOLD_MS) {
    const end = { status: 'failed', code: 'held_too_long' } as const;
    await ledger.settle(sendId, end, attempts, now);
    return end;
  }
  const { min, max } = HELD_RETRY_MS;
  throw retryAfter(reason, Math.min(max, Math.max(min, heldMs / 10)));
}
