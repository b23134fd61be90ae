/** What the durable phase of a send does while it must not call Meta: it waits for an echo, or for a hold to end. */

import { backoffMs } from '../../backoff.ts';
import type { HoldReason } from '../../domain/error-codes.ts';
import { maxFetchMs } from '../../messenger/outbound/fetch-time.ts';
import type { Contacts } from '../../store/contacts.ts';
import type { Ledger, LedgerEntry } from '../../store/ledger/index.ts';
import type { SendAttempt, SendRequest } from '../../workflows/contract/index.ts';
import { hasActedSince, MAX_HOLD_UP_MS } from './later-message.ts';
import { retryAfter } from './retry-after.ts';

/** How long to wait for echoes, and where the outcome is recorded. */
export interface EchoWait {
  readonly ledger: Pick<Ledger, 'markUnconfirmed' | 'settle' | 'find'>;
  readonly contacts: Pick<Contacts, 'find'>;
  /**
   * Wait for the echo of a first attempt, ms, without the time that Meta takes to fetch a file; each further attempt waits
   * twice as long.
   */
  readonly echoWaitMs: number;
  /** When this process began to run, epoch ms: no echo could reach it before. */
  readonly startedAt: number;
}

const MAX_ECHO_WAIT_MS = 15 * 60_000;
/** An echo that came ends the wait at the next look. */
const ECHO_POLL_MS = 1000;
/** A send is called for no more often than this while a later message of the person waits for its end. */
const MAX_ATTEMPTS_WHILE_AWAITED = 2;

/**
 * The record of a send that may be called for again: not one whose outcome is unknown and whose echo may still come. While a
 * later message of the person waits, the echo gets a few seconds only, and then the send ends as `unknown` rather than hold
 * the conversation up further.
 *
 * @throws until the echo had its time.
 */
export async function awaitEcho(
  { ledger, contacts, echoWaitMs, startedAt }: EchoWait,
  request: SendRequest,
  entry: LedgerEntry,
): Promise<LedgerEntry> {
  const { sendId, guarantee, message } = request;
  if (entry.status === 'calling') {
    await ledger.markUnconfirmed(sendId, 'no_answer', entry.attempts, Date.now());
    throw retryAfter('no_answer', 250);
  }
  if (entry.status !== 'unconfirmed') return entry;
  const waitedMs = Date.now() - Math.max(entry.unconfirmedSince ?? 0, startedAt);
  // Doubled, so that a person whose echoes do not arrive does not get the same message every minute.
  const firstMs = echoWaitMs + maxFetchMs(message);
  const fullMs = backoffMs({ minMs: firstMs, maxMs: Math.max(firstMs, MAX_ECHO_WAIT_MS), jitter: 0 }, entry.attempts);
  const isAwaited = await hasActedSince(contacts, request);
  const leftMs = (isAwaited ? Math.min(fullMs, MAX_HOLD_UP_MS) : fullMs) - waitedMs;
  if (leftMs > 0) throw retryAfter('waits_for_echo', Math.min(leftMs, ECHO_POLL_MS));
  // Meta may still be fetching the file: a second call would deliver it twice.
  const isOver = isAwaited && (entry.attempts >= MAX_ATTEMPTS_WHILE_AWAITED || waitedMs < maxFetchMs(message));
  if (guarantee === 'at-least-once' && !isOver) return entry;
  await ledger.settle(sendId, { status: 'unknown', code: 'no_echo' }, entry.attempts, Date.now());
  return (await ledger.find(sendId)) ?? entry;
}

/**
 * Bounds of the wait before a held send asks the policy again: a tenth of the time it has been held. Thousands may wait for a
 * token; another app's thread control ends when the person writes, and they must not wait for long.
 */
const MIN_HELD_RETRY_MS = 5000;
const MAX_HELD_RETRY_MS: Record<HoldReason, number> = {
  token_invalid: 5 * 60_000,
  restricted: 5 * 60_000,
  thread_owner: 15_000,
};
/** Ends a hold that nothing else ends: that of a template, for which no window closes. */
const MAX_HOLD_MS = 7 * 24 * 3_600_000;

/**
 * Fails a send that was held for too long.
 *
 * @throws until then; Temporal retries after growing waits.
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
  throw retryAfter(reason, Math.min(MAX_HELD_RETRY_MS[reason], Math.max(MIN_HELD_RETRY_MS, heldMs / 10)));
}
