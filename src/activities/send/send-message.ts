/**
 * Every message to a person is sent by this activity. The ledger records it before Meta is called, the policy decides,
 * Meta is called, and the outcome is recorded. The send id is the idempotency key: a send that is asked for again, after a
 * crash or a reset, gets the recorded outcome.
 */

import type { Clock } from '../../domain/clock.ts';
import { toSendFailure } from '../../domain/error-codes.ts';
import { maxFetchMs } from '../../messenger/outbound/fetch-time.ts';
import type { PolicySettings } from '../../policy/verdict.ts';
import type { Contacts } from '../../store/contacts.ts';
import type { CallPermit } from '../../store/ledger/index.ts';
import type { SendAttempt, SendRequest } from '../../workflows/contract/index.ts';
import { askPolicyAbout } from './ask-policy.ts';
import { createAttempts, type AttemptDeps } from './attempt.ts';
import { awaitEcho, waitWhileHeld } from './await-echo.ts';
import { conversationPartsOf } from './conversation-parts-of.ts';
import { waitForCall } from './later-message.ts';
import { outcomeOf } from './outcome-of.ts';
import type { RateLimiter } from './rate-limit/rate-limiter.ts';
import { retryAfter } from './retry-after.ts';
import type { TemplateReader } from './template-reader.ts';

/** What sending needs, and its settings. */
export interface SendMessageDeps extends AttemptDeps, PolicySettings {
  readonly store: AttemptDeps['store'] & { readonly contacts: Pick<Contacts, 'find'> };
  readonly rateLimiter: Pick<RateLimiter, 'acquire' | 'noteUsage' | 'pause'>;
  readonly templateReader: TemplateReader;
  readonly clock: Clock;
  /** Wait for the echo after the first unknown outcome of a send, ms; doubled for each further one. Default: 20,000. */
  readonly echoWaitMs?: number;
}

/**
 * A call ends this long after its activity began, and later when Meta has to fetch a file first. Temporal gives the activity
 * to another worker after 6 (local) and 30 seconds plus that time (`workflows/outbound/send-parts.ts`), so two workers never
 * call for one send at the same time.
 */
const CALL_WITHIN_MS = { local: 4000, durable: 20_000 } as const;
/** The part of that which a send may wait for a slot of the rate limit. */
const SLOT_WITHIN_MS = { local: 1500, durable: 3000 } as const;
const ECHO_WAIT_MS = 20_000;
/** Before the next look at a call that goes on while a later message of the person waits. */
const HELD_UP_MS = 250;
/** Before another look at a send for which another worker got the permit. */
const OTHER_WORKER_MS = 1000;

/** The activity `sendMessage`. */
export function createSendMessage(deps: SendMessageDeps): (request: SendRequest) => Promise<SendAttempt> {
  const { store, rateLimiter, templateReader, clock, echoWaitMs = ECHO_WAIT_MS } = deps;
  const { ledger } = store;
  const attempts = createAttempts(deps);
  const { contacts } = store;
  const echoWait = { ledger, contacts, echoWaitMs, startedAt: Date.now() };

  return async function sendMessage(request) {
    const callUntil = performance.now() + CALL_WITHIN_MS[request.phase] + maxFetchMs(request.message);
    const recorded = await attempts.recordLate(request, callUntil);
    if (recorded) return recorded;
    await templateReader.refresh(request);
    return request.phase === 'local' ? tryOnce(request, callUntil) : tryUntilFinal(request, callUntil);
  };

  /** The local phase: one attempt, if it needs no waiting. */
  async function tryOnce(request: SendRequest, callUntil: number): Promise<SendAttempt> {
    // Workflows that began with an older version ask for it.
    if (maxFetchMs(request.message) > 0) return { status: 'deferred' };
    if ((await acquireSlot(request)) > 0) return { status: 'deferred' };
    const { entry, permit } = await ledger.open(request, askPolicyAbout(deps, request), now(request));
    if (permit) return attempts.run(request, permit, callUntil);
    return outcomeOf(entry) ?? { status: 'deferred' };
  }

  /** The durable phase. @throws while there is no outcome: Temporal does the waiting, because it survives a crash. */
  async function tryUntilFinal(request: SendRequest, callUntil: number): Promise<SendAttempt> {
    const found = await ledger.find(request.sendId);
    const seen = found && (outcomeOf(found) ? found : await awaitEcho(echoWait, request, found));
    const outcome = seen && outcomeOf(seen);
    if (outcome) return outcome;

    const askPolicy = askPolicyAbout(deps, request);
    const verdict = await ledger.preview(request, askPolicy);
    if (verdict.status === 'held') {
      // Recorded here if it was not before, so that the ledger shows what is held.
      const held = seen ?? (await ledger.open(request, askPolicy, now(request))).entry;
      return waitWhileHeld(ledger, request, held, verdict.reason, now(request));
    }
    if (verdict.status === 'allowed') {
      const waitMs = await acquireSlot(request);
      if (waitMs > 0) throw retryAfter('waits_for_its_turn', waitMs);
    }
    const { entry, permit } = seen
      ? await ledger.reopen(request, seen, askPolicy, now(request))
      : await ledger.open(request, askPolicy, now(request));
    if (permit) return callDurably(request, permit, callUntil);
    const decided = outcomeOf(entry);
    if (decided) return decided;
    throw retryAfter(toSendFailure(entry.code ?? 'calling'), OTHER_WORKER_MS);
  }

  /** @throws also when a later message waits and the call has not ended; the send is then unconfirmed. */
  async function callDurably(request: SendRequest, permit: CallPermit, callUntil: number): Promise<SendAttempt> {
    const call = attempts.run(request, permit, callUntil);
    const answer = await waitForCall(contacts, request, call);
    if (answer) return answer;
    // Its answer is recorded when it comes, also when nobody waits for it any more.
    call.catch(() => {});
    await ledger.markUnconfirmed(request.sendId, 'no_answer', permit.attempt, Date.now());
    throw retryAfter('no_answer', HELD_UP_MS);
  }

  function acquireSlot(request: SendRequest): Promise<number> {
    const { conversation, purpose, message, phase } = request;
    const { pageId } = conversationPartsOf(request);
    return rateLimiter.acquire(pageId, message, { conversation, purpose, withinMs: SLOT_WITHIN_MS[phase] });
  }

  function now({ conversation }: SendRequest): number {
    return clock.now(conversation);
  }
}
