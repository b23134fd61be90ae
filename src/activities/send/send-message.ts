/**
 * The one gate out. Whatever is said, by whomever: it is written down, judged, said, and what became of it is recorded.
 * A send that is asked for again, after a crash or a reset, is recognised by its id and never said twice.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { Clock } from '../../domain/clock.ts';
import { conversationParts, type ConversationParts } from '../../domain/conversation-id.ts';
import type { RefusalReason } from '../../domain/send.ts';
import type { SendAnswer, GraphClient } from '../../graph/graph-client.ts';
import { graphErrorRule, NETWORK_OUTCOMES } from '../../messenger/graph-errors/index.ts';
import type { GraphErrorRule } from '../../messenger/graph-errors/rule.ts';
import { messageClass } from '../../messenger/outbound/outbound-message.ts';
import type { OutboundPart } from '../../messenger/outbound/sayable.ts';
import { sendApiRequest, type SendClass } from '../../messenger/outbound/send-api.ts';
import { verdict } from '../../policy/verdict.ts';
import type { Store } from '../../store/index.ts';
import type { Judge, LedgerEntry, CallPermit } from '../../store/ledger.ts';
import { ATTACHMENT_EXPIRED, type SendAttempt, type SendRequest } from '../../workflows/contract/index.ts';
import type { Logger } from '../logger.ts';
import { codeOf, openPageBreaker } from './hold-page.ts';
import type { RateLimiter } from './rate-limit/rate-limiter.ts';
import { refusalStep, type RefusalStep } from './refusal-step.ts';
import { toSendEligibility } from './send-eligibility.ts';

export interface SendMessageDeps {
  readonly store: Pick<Store, 'ledger' | 'circuitBreakers' | 'eligibility'>;
  readonly graph: Pick<GraphClient, 'sendMessage'>;
  readonly rateLimiter: Pick<RateLimiter, 'acquire' | 'noteUsage' | 'pause'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Tells our app from others in a thread; left out: Meta's word is waited for. */
  readonly appId?: string | undefined;
  /** Whether to believe the page of Meta's that gives an ad's window up to 7 days. Default: 24 hours are sure. */
  readonly trustsAdWindow?: boolean;
  /** How long the first unknown outcome of a send waits for its echo; each further one twice as long. Default: 20 s. */
  readonly echoWaitMs?: number;
}

/**
 * A call ends this long after its activity began. Well before the engine gives the activity to somebody else (6 and 30
 * seconds, `workflows/send.ts`), so that two never call for one send at the same time.
 */
const CALL_WITHIN_MS = { local: 4000, durable: 20_000 } as const;
/** Out of that, how long a send waits for its turn in the Page's budget. */
const TURN_WITHIN_MS = { local: 1500, durable: 3000 } as const;
const ECHO_WAIT_MS = 20_000;
const MAX_ECHO_WAIT_MS = 15 * 60_000;
/** What has to wait looks again after a tenth of the time it has waited, within these. */
const LOOK_AGAIN_MS = { shortest: 5000, longest: 5 * 60_000 };
/** What nothing else ends: a template for which no window closes. */
const MAX_HOLD_MS = 7 * 24 * 3_600_000;
/** Between two tries to record what Meta took. */
const RECORD_AGAIN_MS = 200;
const MAX_UNRECORDED = 10_000;

export function createSendMessage(deps: SendMessageDeps) {
  const { store, graph, rateLimiter, clock, log, appId, trustsAdWindow = false, echoWaitMs = ECHO_WAIT_MS } = deps;
  const { ledger, circuitBreakers, eligibility } = store;
  /** No echo could reach us before this process ran, so nothing is given up earlier than that plus the wait. */
  const startedAt = Date.now();
  /** Message ids by send id: what Meta took while the store could not write. Lost with the process; the echo is not. */
  const unrecorded = new Map<string, string>();

  return async function sendMessage(request: SendRequest): Promise<SendAttempt> {
    const callUntil = performance.now() + CALL_WITHIN_MS[request.phase];
    const taken = unrecorded.get(request.sendId);
    if (taken !== undefined) return recordSent(request, taken, callUntil);
    return request.phase === 'local' ? tryOnce(request, callUntil) : settle(request, callUntil);
  };

  async function tryOnce(request: SendRequest, callUntil: number): Promise<SendAttempt> {
    if ((await turnOf(request)) > 0) return { status: 'deferred' };
    const turn = await ledger.open(request, judgeOf(request), now(request));
    if (turn.how) return call(request, turn.how, turn, callUntil);
    return settled(turn.entry) ?? { status: 'deferred' };
  }

  async function settle(request: SendRequest, callUntil: number): Promise<SendAttempt> {
    const known = await ledger.find(request.sendId);
    const entry = known && (settled(known) ? known : await waitOutDoubt(request, known));
    const outcome = entry && settled(entry);
    if (outcome) return outcome;

    const judge = judgeOf(request);
    const outlook = await ledger.preview(request, judge);
    if ('hold' in outlook) return waitOn(request, entry, outlook.hold);
    if ('how' in outlook) {
      const waitMs = await turnOf(request);
      if (waitMs > 0) return later('waits_for_its_turn', waitMs);
    }
    const turn = entry
      ? await ledger.reopen(request, entry, judge, now(request))
      : await ledger.open(request, judge, now(request));
    if (turn.how) return call(request, turn.how, turn, callUntil);
    return settled(turn.entry) ?? later(turn.entry.code ?? 'calling', 1000);
  }

  function judgeOf(request: SendRequest): Judge<SendClass> {
    return (contact, page) => {
      const realNow = Date.now();
      const isProbe = page !== undefined && realNow >= page.probeAt;
      const judgement = verdict({
        channel: partsOf(request).channel,
        author: request.author,
        purpose: request.purpose,
        messageClass: messageClass(request.message),
        eligibility: toSendEligibility(contact, isProbe ? undefined : page, appId),
        now: now(request),
        trustsAdWindow,
      });
      if (judgement.status === 'refused') return { refusal: judgement.reason };
      if (judgement.status === 'held') return { hold: judgement.reason };
      return { how: judgement.sendClass, ...(isProbe && { probesAt: realNow }) };
    };
  }

  function turnOf({ conversation, purpose, message, phase }: SendRequest): Promise<number> {
    const { pageId } = conversationParts(conversation) ?? { pageId: '' };
    return rateLimiter.acquire(pageId, message, { conversation, purpose, withinMs: TURN_WITHIN_MS[phase] });
  }

  function now({ conversation }: SendRequest): number {
    return clock.now(conversation);
  }

  /** Lets the echo of a call with an unknown outcome come first; gives the entry as it is after that. */
  async function waitOutDoubt({ sendId, guarantee }: SendRequest, entry: LedgerEntry): Promise<LedgerEntry> {
    if (entry.status === 'calling') {
      await ledger.markUnconfirmed(sendId, 'no_answer', entry.attempts, Date.now());
      return later('no_answer', 250);
    }
    if (entry.status !== 'doubtful') return entry;
    const waitedMs = Date.now() - Math.max(entry.doubtfulSince ?? 0, startedAt);
    // Longer each time: who is told the same again and again without an echo is not told it every minute.
    const waitMs = Math.min(echoWaitMs * 2 ** (entry.attempts - 1), Math.max(echoWaitMs, MAX_ECHO_WAIT_MS));
    if (waitedMs < waitMs) return later('waits_for_echo', Math.min(waitMs - waitedMs, 1000));
    if (guarantee === 'at-least-once') return entry;
    await ledger.settle(sendId, { status: 'unknown', code: 'no_echo' }, entry.attempts, Date.now());
    return (await ledger.find(sendId)) ?? entry;
  }

  /** Looks again later, and less and less often: thousands may be waiting for one token. */
  async function waitOn(request: SendRequest, entry: LedgerEntry | undefined, hold: string): Promise<SendAttempt> {
    // Written down already, or it is now: what waits can be seen in the ledger.
    const { createdAt, attempts } = entry ?? (await ledger.open(request, judgeOf(request), now(request))).entry;
    const waitedMs = now(request) - createdAt;
    if (waitedMs > MAX_HOLD_MS) {
      await ledger.settle(request.sendId, { status: 'failed', code: 'held_too_long' }, attempts, now(request));
      return { status: 'failed', code: 'held_too_long' };
    }
    const { shortest, longest } = LOOK_AGAIN_MS;
    return later(hold, Math.min(longest, Math.max(shortest, waitedMs / 10)));
  }

  async function call(
    request: SendRequest,
    sendClass: SendClass,
    { entry, isProbe }: CallPermit<SendClass>,
    callUntil: number,
  ): Promise<SendAttempt> {
    const { pageId, psid } = partsOf(request);
    const body = sendApiRequest({ id: psid }, sendClass, partOf(request), request.sendId);
    const answer = await graph.sendMessage(pageId, body, callUntil - performance.now());
    if (answer.status !== 'accepted') return takeNo(request, answer, entry);
    const outcome = await recordSent(request, answer.messageId, callUntil);
    await learn(async () => {
      await rateLimiter.noteUsage(pageId, answer.usage);
      const isOver = isProbe && (await circuitBreakers.close(pageId));
      if (isOver) log.info({ pageId }, 'The Page can send again; what waited goes out');
    });
    return outcome;
  }

  /** What an answer means for other sends. This one is settled before, and stays so when nothing can be learnt. */
  async function learn(lesson: () => Promise<void>): Promise<void> {
    try {
      await lesson();
    } catch (error) {
      log.warn({ error: String(error) }, 'What Meta said is not noted for other sends: they find out themselves');
    }
  }

  /** Tries until it is time to go: a store that is away for a moment must not turn a sent message into a doubtful one. */
  async function recordSent(request: SendRequest, messageId: string, until: number): Promise<SendAttempt> {
    for (;;) {
      try {
        await ledger.sent(request, messageId, now(request));
        unrecorded.delete(request.sendId);
        return { status: 'sent', messageId };
      } catch (error) {
        if (unrecorded.size >= MAX_UNRECORDED) unrecorded.clear();
        unrecorded.set(request.sendId, messageId);
        if (performance.now() + RECORD_AGAIN_MS > until) throw error;
      }
      await delay(RECORD_AGAIN_MS);
    }
  }

  async function takeNo(request: SendRequest, answer: No, { attempts }: LedgerEntry): Promise<SendAttempt> {
    const { sendId, phase, source } = request;
    const rule = ruleOf(answer);
    const step = refusalStep(rule, attempts, answer.status === 'refused' ? answer.error.code : undefined);
    const told = { sendId, source, attempts, class: rule.class, retry: rule.retry, ...facts(answer) };
    log[NEEDS_A_PERSON.has(rule.class) ? 'error' : 'warn'](told, `Meta did not take a message: ${rule.meaning}`);
    if (step.do === 'give up') {
      const code = isLostAttachment(answer) ? ATTACHMENT_EXPIRED : rule.class;
      await ledger.settle(sendId, { status: step.status, code }, attempts, now(request));
    } else if (step.do === 'wait for the echo') await ledger.markUnconfirmed(sendId, rule.class, attempts, Date.now());
    else await ledger.postpone(sendId, rule.class, attempts);
    await learn(() => draw(request, step, answer));

    // What stands there now is the truth: an echo may have come before this answer, and has proved the opposite.
    const entry = await ledger.find(sendId);
    const known = entry && settled(entry);
    if (known) return known;
    return phase === 'local' ? { status: 'deferred' } : later(rule.class, pauseOf(step));
  }

  /** What one refusal means for other sends. */
  async function draw(request: SendRequest, step: RefusalStep, answer: No): Promise<void> {
    const { conversation } = request;
    const { pageId } = partsOf(request);
    if (answer.status === 'refused') await rateLimiter.noteUsage(pageId, answer.usage);
    if (step.do === 'pause') {
      const regainMs = answer.status === 'refused' ? (answer.usage?.regainAccessInMs ?? 0) : 0;
      await rateLimiter.pause(step.whom === 'the app' ? undefined : pageId, Math.max(step.afterMs, regainMs));
    }
    if (step.do === 'hold the thread') await eligibility.markOwnedByOther(conversation, now(request));
    if (step.do === 'give up' && step.marks === 'unavailable') {
      await eligibility.markUnavailable(conversation, now(request));
    }
    if (step.do === 'give up' && step.marks === 'opted out') await eligibility.markOptedOut(conversation, now(request));
    if (step.do === 'hold the page') {
      const code = answer.status === 'refused' ? codeOf(answer.error) : answer.outcome;
      await openPageBreaker({ circuitBreakers, log }, pageId, step.hold, code);
    }
  }
}

/** What goes on failing until a person of the business does something. */
const NEEDS_A_PERSON: ReadonlySet<string> = new Set(['policy', 'permission', 'bad_request']);

type No = Exclude<SendAnswer, { status: 'accepted' }>;

/** How long this send waits before it asks again; then the Page's budget and the outlook say for how long. */
function pauseOf(step: RefusalStep): number {
  return step.do === 'pause' || step.do === 'try again' ? step.afterMs : 250;
}

function partsOf({ conversation }: SendRequest): ConversationParts {
  const parts = conversationParts(conversation);
  if (parts) return parts;
  throw ApplicationFailure.nonRetryable(`"${String(conversation)}" is no conversation id`, 'conversation_unknown');
}

/** What of a request goes to Meta, beside for whom and how. */
function partOf({ message, replyTo, persona, notification }: SendRequest): OutboundPart {
  return {
    message,
    ...(replyTo !== undefined && { replyTo }),
    ...(persona !== undefined && { persona }),
    ...(notification !== undefined && { notification }),
  };
}

/** 100/2018074: Meta does not know the attachment id, or it is older than 90 days. */
function isLostAttachment(answer: No): boolean {
  return answer.status === 'refused' && answer.error.error_subcode === 2018074;
}

function ruleOf(answer: No): GraphErrorRule {
  if (answer.status === 'no_answer') return NETWORK_OUTCOMES[answer.outcome];
  return graphErrorRule(answer.error.code, answer.error.error_subcode);
}

/** What may be logged of an answer: Meta's error messages can name people. */
function facts(answer: No) {
  if (answer.status === 'no_answer') return { outcome: answer.outcome };
  const { code, error_subcode, fbtrace_id } = answer.error;
  return { code, subcode: error_subcode, trace: fbtrace_id };
}

/** The outcome of an entry that nobody will change any more. */
export function settled({ status, messageId, code }: LedgerEntry): SendAttempt | undefined {
  switch (status) {
    case 'sent':
      return { status, messageId: messageId ?? '' };
    case 'refused':
      return { status, reason: code as RefusalReason };
    case 'failed':
      return { status, code: code ?? 'failed' };
    case 'unknown':
      return { status };
    default:
      return undefined;
  }
}

/** Leaves the waiting to the engine, which survives everything. */
function later(code: string, afterMs: number): never {
  throw ApplicationFailure.create({
    type: code,
    message: `Not settled yet (${code}); tried again in ${Math.round(afterMs)} ms`,
    nextRetryDelay: Math.max(1, Math.round(afterMs)),
    category: 'BENIGN',
  });
}
