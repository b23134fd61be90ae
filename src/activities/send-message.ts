/**
 * The one gate out. Whatever is said, by whomever: it is written down, judged, said, and what became of it is recorded.
 * A send that is asked for again, after a crash or a reset, is recognised by its id and never said twice.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { conversationParts } from '../messenger/conversation.ts';
import type { GraphErrorRule } from '../messenger/graph-error-rule.ts';
import { graphErrorRule, NETWORK_OUTCOMES } from '../messenger/graph-errors.ts';
import type { Delivery } from '../messenger/outbound-message.ts';
import type { OutboundPart } from '../messenger/sayable.ts';
import { sendApiRequest } from '../messenger/send-api.ts';
import { verdict, type SendClass } from '../policy/verdict.ts';
import type { Judge, Ledger, LedgerEntry, SendEnd } from '../store/ledger.ts';
import type { Clock, SendAttempt, SendRequest } from '../workflows/contract.ts';
import type { GraphAnswer, GraphClient } from '../graph/graph-client.ts';
import type { Logger } from './logger.ts';

export interface SendMessageDeps {
  readonly ledger: Ledger;
  readonly graph: GraphClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long the first unknown outcome of a send waits for its echo; each further one twice as long. Default: 20 s. */
  readonly echoWaitMs?: number;
}

/**
 * A call ends this long after its activity began. Well before the engine gives the activity to somebody else (6 and 30
 * seconds, `workflows/send.ts`), so that two never call for one send at the same time.
 */
const CALL_WITHIN_MS = { local: 4000, durable: 20_000 } as const;
const ECHO_WAIT_MS = 20_000;
const LONGEST_ECHO_WAIT_MS = 15 * 60_000;
const LONGEST_PAUSE_MS = 60_000;
/** Between two tries to record what Meta took. */
const RECORD_AGAIN_MS = 200;
const MOST_REMEMBERED = 10_000;

type Request = SendRequest & Delivery;

export function createSendMessage({ ledger, graph, clock, log, echoWaitMs = ECHO_WAIT_MS }: SendMessageDeps) {
  /** No echo could reach us before this process ran, so nothing is given up earlier than that plus the wait. */
  const startedAt = Date.now();
  /** Message ids by send id: what Meta took while the store could not write. Lost with the process; the echo is not. */
  const unrecorded = new Map<string, string>();

  return async function sendMessage(request: Request): Promise<SendAttempt> {
    const callUntil = performance.now() + CALL_WITHIN_MS[request.phase];
    const now = () => clock.now(request.conversation);
    const judge: Judge<SendClass> = (contact) => {
      const { author, purpose } = request;
      const judgement = verdict({ author, purpose, windowOpenedAt: contact?.windowOpenedAt, now: now() });
      return judgement.isAllowed ? { how: judgement.sendClass } : { refusal: judgement.reason };
    };

    const taken = unrecorded.get(request.sendId);
    if (taken !== undefined) return recordSent(request, taken, callUntil);
    const turn = await ledger.open(request, judge, now());
    if (turn.how) return call(request, turn.how, turn.entry, callUntil);
    const known = settled(turn.entry);
    if (known) return known;
    if (request.phase === 'local') return { status: 'deferred' };

    const entry = await waitOutDoubt(request, turn.entry);
    if (entry.status !== 'waiting' && entry.status !== 'doubtful') return settled(entry) ?? later('calling', 1000);
    const again = await ledger.reopen(request, entry, judge, now());
    if (again.how) return call(request, again.how, again.entry, callUntil);
    return settled(again.entry) ?? later('calling', 1000);
  };

  /** Lets the echo of a call with an unknown outcome come first; gives the entry as it is after that. */
  async function waitOutDoubt({ sendId, guarantee }: Request, entry: LedgerEntry): Promise<LedgerEntry> {
    if (entry.status === 'calling') {
      await ledger.doubt(sendId, 'no_answer', entry.attempts, Date.now());
      return later('no_answer', 250);
    }
    if (entry.status !== 'doubtful') return entry;
    const waitedMs = Date.now() - Math.max(entry.doubtfulSince ?? 0, startedAt);
    // Longer each time: who is told the same again and again without an echo is not told it every minute.
    const waitMs = Math.min(echoWaitMs * 2 ** (entry.attempts - 1), Math.max(echoWaitMs, LONGEST_ECHO_WAIT_MS));
    if (waitedMs < waitMs) return later('waits_for_echo', Math.min(waitMs - waitedMs, 1000));
    if (guarantee === 'at-least-once') return entry;
    await ledger.settle(sendId, { status: 'unknown', code: 'no_echo' }, entry.attempts, Date.now());
    return (await ledger.find(sendId)) ?? entry;
  }

  async function call(
    request: Request,
    sendClass: SendClass,
    entry: LedgerEntry,
    callUntil: number,
  ): Promise<SendAttempt> {
    const { pageId, psid } = conversationParts(request.conversation) ?? { pageId: '', psid: '' };
    const body = sendApiRequest({ id: psid }, sendClass, partOf(request), request.sendId);
    const answer = await graph.sendMessage(pageId, body, callUntil - performance.now());
    if (answer.status === 'accepted') return recordSent(request, answer.messageId, callUntil);
    return takeNo(request, answer, entry);
  }

  /** Tries until it is time to go: a store that is away for a moment must not turn a sent message into a doubtful one. */
  async function recordSent(request: Request, messageId: string, until: number): Promise<SendAttempt> {
    for (;;) {
      try {
        await ledger.sent(request, messageId, clock.now(request.conversation));
        unrecorded.delete(request.sendId);
        return { status: 'sent', messageId };
      } catch (error) {
        if (unrecorded.size >= MOST_REMEMBERED) unrecorded.clear();
        unrecorded.set(request.sendId, messageId);
        if (performance.now() + RECORD_AGAIN_MS > until) throw error;
      }
      await delay(RECORD_AGAIN_MS);
    }
  }

  async function takeNo(
    request: Request,
    answer: Exclude<GraphAnswer, { status: 'accepted' }>,
    { attempts }: LedgerEntry,
  ): Promise<SendAttempt> {
    const { sendId, phase } = request;
    const rule = ruleOf(answer);
    log.warn(
      { sendId, attempts, class: rule.class, retry: rule.retry, ...facts(answer) },
      `Meta did not take a message: ${rule.meaning}`,
    );
    const step = nextStep(rule, attempts);
    if (step.do === 'give up') await ledger.settle(sendId, endOf(rule), attempts, Date.now());
    else if (step.do === 'wait for the echo') await ledger.doubt(sendId, rule.class, attempts, Date.now());
    else await ledger.postpone(sendId, rule.class, attempts);

    // What stands there now is the truth: an echo may have come before this answer, and has proved the opposite.
    const entry = await ledger.find(sendId);
    const known = entry && settled(entry);
    if (known) return known;
    return phase === 'local' ? { status: 'deferred' } : later(rule.class, step.do === 'give up' ? 250 : step.afterMs);
  }
}

/** What of a request goes to Meta, beside for whom and how. */
function partOf({ message, replyTo, persona, notification }: Request): OutboundPart {
  return {
    message,
    ...(replyTo !== undefined && { replyTo }),
    ...(persona !== undefined && { persona }),
    ...(notification !== undefined && { notification }),
  };
}

/** Meta's window may have closed although ours was open: that is a refusal, and no failure. */
function endOf({ class: code }: GraphErrorRule): SendEnd {
  return { status: code === 'window_closed' ? 'refused' : 'failed', code };
}

type NextStep =
  | { readonly do: 'give up' }
  | { readonly do: 'try again' | 'wait for the echo'; readonly afterMs: number };

function nextStep({ retry }: GraphErrorRule, attempts: number): NextStep {
  switch (retry) {
    case 'reconcile':
      return { do: 'wait for the echo', afterMs: 250 };
    case 'backoff':
      return { do: 'try again', afterMs: pauseMs(attempts) };
    case 'after_pause':
      return { do: 'try again', afterMs: Math.max(5000, pauseMs(attempts)) };
    case 'after_fix':
      return { do: 'try again', afterMs: LONGEST_PAUSE_MS };
    case 'once_later':
      return attempts > 1 ? { do: 'give up' } : { do: 'try again', afterMs: 5000 };
    default:
      return { do: 'give up' };
  }
}

/** Growing pauses with jitter, so that many conversations do not come back together. */
function pauseMs(attempts: number): number {
  const full = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(attempts, 10));
  return full / 2 + Math.random() * (full / 2);
}

function ruleOf(answer: Exclude<GraphAnswer, { status: 'accepted' }>): GraphErrorRule {
  if (answer.status === 'no_answer') return NETWORK_OUTCOMES[answer.outcome];
  return graphErrorRule(answer.error.code, answer.error.error_subcode);
}

/** What may be logged of an answer: Meta's error messages can name people. */
function facts(answer: Exclude<GraphAnswer, { status: 'accepted' }>) {
  if (answer.status === 'no_answer') return { outcome: answer.outcome };
  const { code, error_subcode, fbtrace_id } = answer.error;
  return { code, subcode: error_subcode, trace: fbtrace_id };
}

/** The outcome of an entry that nobody will change any more. */
function settled({ status, messageId, code }: LedgerEntry): SendAttempt | undefined {
  switch (status) {
    case 'sent':
      return { status, messageId: messageId ?? '' };
    case 'refused':
      return { status, reason: code as 'window_closed' };
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
