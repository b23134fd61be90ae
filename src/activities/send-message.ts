/**
 * The one gate out. Whatever is said, by whomever: it is written down, judged, said, and what became of it is recorded.
 * A send that is asked for again, after a crash or a reset, is recognised by its id and never said twice.
 */
import { ApplicationFailure } from '@temporalio/common';
import { conversationParts } from '../messenger/conversation.ts';
import type { GraphErrorRule } from '../messenger/graph-error-rule.ts';
import { graphErrorRule, NETWORK_OUTCOMES } from '../messenger/graph-errors.ts';
import { verdict, type SendClass } from '../policy/verdict.ts';
import type { Judge, Ledger, LedgerEntry } from '../store/ledger.ts';
import type { Clock, SendAttempt, SendRequest } from '../workflows/contract.ts';
import type { GraphAnswer, GraphClient } from './graph-client.ts';
import type { Logger } from './logger.ts';

export interface SendMessageDeps {
  readonly ledger: Ledger;
  readonly graph: GraphClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long an unknown outcome waits for its echo. */
  readonly echoWaitMs?: number;
}

/** A local try must end well before the workflow task does. */
const LOCAL_TIMEOUT_MS = 4000;
const DURABLE_TIMEOUT_MS = 20_000;
const ECHO_WAIT_MS = 20_000;
const LONGEST_PAUSE_MS = 60_000;

export function createSendMessage({ ledger, graph, clock, log, echoWaitMs = ECHO_WAIT_MS }: SendMessageDeps) {
  /** No echo could reach us before this process ran, so nothing is given up earlier than that plus the wait. */
  const startedAt = Date.now();

  return async function sendMessage(request: SendRequest): Promise<SendAttempt> {
    const now = () => clock.now(request.conversation);
    const judge: Judge<SendClass> = (contact) => {
      const { author, purpose } = request;
      const judgement = verdict({ author, purpose, windowOpenedAt: contact?.windowOpenedAt, now: now() });
      return judgement.isAllowed ? { how: judgement.sendClass } : { refusal: judgement.reason };
    };

    const turn = await ledger.open(request, judge, now());
    if (turn.how) return call(request, turn.how, turn.entry);
    const known = settled(turn.entry);
    if (known) return known;
    if (request.phase === 'local') return { status: 'deferred' };

    const entry = await waitOutDoubt(request, turn.entry);
    if (entry.status !== 'waiting' && entry.status !== 'doubtful') return settled(entry) ?? later('calling', 1000);
    const again = await ledger.reopen(request, entry, judge, now());
    if (again.how) return call(request, again.how, again.entry);
    return settled(again.entry) ?? later('calling', 1000);
  };

  /** Lets the echo of a call with an unknown outcome come first; gives the entry as it is after that. */
  async function waitOutDoubt({ sendId, guarantee }: SendRequest, entry: LedgerEntry): Promise<LedgerEntry> {
    if (entry.status === 'calling') {
      await ledger.doubt(sendId, 'no_answer', entry.attempts, Date.now());
      return later('no_answer', 250);
    }
    if (entry.status !== 'doubtful') return entry;
    const waitedMs = Date.now() - Math.max(entry.doubtfulSince ?? 0, startedAt);
    if (waitedMs < echoWaitMs) return later('waits_for_echo', Math.min(echoWaitMs - waitedMs, 1000));
    if (guarantee === 'at-least-once') return entry;
    await ledger.settle(sendId, { status: 'unknown', code: 'no_echo' }, entry.attempts, Date.now());
    return (await ledger.find(sendId)) ?? entry;
  }

  async function call(request: SendRequest, sendClass: SendClass, entry: LedgerEntry): Promise<SendAttempt> {
    const { pageId, psid } = conversationParts(request.conversation) ?? { pageId: '', psid: '' };
    const body = {
      recipient: { id: psid },
      ...sendClass,
      message: { ...request.message, metadata: request.sendId },
    };
    const timeoutMs = request.phase === 'local' ? LOCAL_TIMEOUT_MS : DURABLE_TIMEOUT_MS;
    const answer = await graph.sendMessage(pageId, body, timeoutMs);
    if (answer.status === 'accepted') {
      await ledger.sent(request, answer.messageId, clock.now(request.conversation));
      return { status: 'sent', messageId: answer.messageId };
    }
    return takeNo(request, answer, entry);
  }

  async function takeNo(
    request: SendRequest,
    answer: Exclude<GraphAnswer, { status: 'accepted' }>,
    { attempts }: LedgerEntry,
  ): Promise<SendAttempt> {
    const { sendId, phase } = request;
    const rule = ruleOf(answer);
    log.warn({ sendId, attempts, class: rule.class, retry: rule.retry, ...facts(answer) }, `Meta did not take a message: ${rule.meaning}`);
    const step = nextStep(rule, attempts);
    if (step.do === 'give up') {
      const isClosed = rule.class === 'window_closed';
      await ledger.settle(sendId, { status: isClosed ? 'refused' : 'failed', code: rule.class }, attempts, Date.now());
      return isClosed ? { status: 'refused', reason: 'window_closed' } : { status: 'failed', code: rule.class };
    }
    if (step.do === 'wait for the echo') await ledger.doubt(sendId, rule.class, attempts, Date.now());
    else await ledger.postpone(sendId, rule.class, attempts);
    return phase === 'local' ? { status: 'deferred' } : later(rule.class, step.afterMs);
  }
}

type NextStep = { readonly do: 'give up' } | { readonly do: 'try again' | 'wait for the echo'; readonly afterMs: number };

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
