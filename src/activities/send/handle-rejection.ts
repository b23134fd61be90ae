/** What follows when Meta did not take a message: what the ledger records, and what other sends learn from it. */

import type { Clock } from '../../domain/clock.ts';
import type { ErrorClass } from '../../domain/error-codes.ts';
import type { SendAnswer } from '../../graph/graph-client.ts';
import type { Logger } from '../../logger.ts';
import { answeredErrorRule, NETWORK_OUTCOMES } from '../../messenger/graph-errors/index.ts';
import type { GraphErrorRule } from '../../messenger/graph-errors/rule.ts';
import type { Store } from '../../store/index.ts';
import type { SendEnd } from '../../store/ledger/index.ts';
import type { SendAttempt, SendRequest } from '../../workflows/contract/index.ts';
import { conversationPartsOf } from './conversation-parts-of.ts';
import { metaErrorCode, openPageBreaker } from './open-page-breaker.ts';
import { outcomeOf } from './outcome-of.ts';
import type { RateLimiter } from './rate-limit/rate-limiter.ts';
import { refusalStep, type RefusalStep } from './refusal-step.ts';
import { retryAfter } from './retry-after.ts';

/** What a rejection is recorded with. */
export interface RejectionDeps {
  readonly store: Pick<Store, 'ledger' | 'circuitBreakers' | 'eligibility'>;
  readonly rateLimiter: Pick<RateLimiter, 'noteUsage' | 'pause'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An error of the Graph API, or none that could be read. */
type Rejection = Exclude<SendAnswer, { status: 'accepted' }>;

/** Errors that repeat until an administrator of the bot repairs something. */
const NEEDS_REPAIR: ReadonlySet<ErrorClass> = new Set<ErrorClass>(['policy', 'permission', 'bad_request']);

const ECHO_LOOK_MS = 250;
const HELD_LOOK_MS = 5000;

/** The outcome of a send whose attempt Meta rejected. @throws in the durable phase, when another attempt follows. */
export async function handleRejection(
  deps: RejectionDeps,
  request: SendRequest,
  answer: Rejection,
  attempt: number,
): Promise<SendAttempt> {
  const { store, log } = deps;
  const { sendId, phase, source, conversation } = request;
  // By Meta's clock, because it is compared with the times of events, which Meta stamps.
  const answeredAt = deps.clock.now(conversation) + (answer.status === 'refused' ? (answer.clockAheadMs ?? 0) : 0);
  const rule = ruleOf(answer);
  const step = refusalStep(rule, attempt, answer.status === 'refused' ? answer.error.code : undefined);
  const fields = { sendId, source, attempts: attempt, class: rule.class, retry: rule.retry, ...loggableFields(answer) };
  log[NEEDS_REPAIR.has(rule.class) ? 'error' : 'warn'](fields, `Meta did not take a message: ${rule.meaning}`);
  await recordRejection(deps, request, answer, attempt, step);
  await shareFindings(log, () => applySideEffects(deps, request, step, answer, answeredAt));

  // Read the record again: an echo may have arrived first and set it to `sent`.
  const entry = await store.ledger.find(sendId);
  const outcome = entry && outcomeOf(entry);
  if (outcome) return outcome;
  if (phase === 'local') return { status: 'deferred' };
  throw retryAfter(rule.class, waitOf(step));
}

async function recordRejection(
  { store: { ledger }, clock }: RejectionDeps,
  { sendId, conversation }: SendRequest,
  answer: Rejection,
  attempt: number,
  step: RefusalStep,
): Promise<void> {
  const errorClass = ruleOf(answer).class;
  switch (step.do) {
    case 'give_up': {
      const failure = isLostAttachment(answer) ? 'attachment_expired' : errorClass;
      const end: SendEnd =
        step.status === 'refused' ? { status: 'refused', code: step.reason } : { status: 'failed', code: failure };
      return ledger.settle(sendId, end, attempt, clock.now(conversation));
    }
    case 'await_echo':
      return ledger.markUnconfirmed(sendId, errorClass, attempt, Date.now());
    case 'try_again':
    case 'pause':
    case 'open_breaker':
    case 'hold_thread':
      return ledger.postpone(sendId, errorClass, attempt);
  }
}

/** What this rejection means for other sends: to the person, of the Page or of the app. */
async function applySideEffects(
  deps: RejectionDeps,
  { conversation, ...request }: SendRequest,
  step: RefusalStep,
  answer: Rejection,
  answeredAt: number,
): Promise<void> {
  const { eligibility } = deps.store;
  await updatePageState(deps, conversationPartsOf({ ...request, conversation }).pageId, step, answer);
  if (step.do === 'hold_thread') await eligibility.markOwnedByOther(conversation, answeredAt);
  if (step.do !== 'give_up' || step.status !== 'refused') return;
  if (step.marks === 'unavailable') await eligibility.markUnavailable(conversation, answeredAt);
  if (step.marks === 'opted_out') await eligibility.markOptedOut(conversation, answeredAt);
}

async function updatePageState(
  { store: { circuitBreakers }, rateLimiter, log }: RejectionDeps,
  pageId: string,
  step: RefusalStep,
  answer: Rejection,
): Promise<void> {
  const usage = answer.status === 'refused' ? answer.usage : undefined;
  await rateLimiter.noteUsage(pageId, usage);
  if (step.do === 'pause') {
    const pauseMs = Math.max(step.afterMs, usage?.regainAccessInMs ?? 0);
    await rateLimiter.pause(step.scope === 'app' ? undefined : pageId, pauseMs);
  }
  if (step.do === 'open_breaker') {
    const code = answer.status === 'refused' ? metaErrorCode(answer.error) : answer.outcome;
    await openPageBreaker({ circuitBreakers, log }, pageId, { ...step, code });
  }
}

/** Runs what only concerns other sends: the outcome of this one stands, also when that fails. */
export async function shareFindings(log: Pick<Logger, 'warn'>, share: () => Promise<void>): Promise<void> {
  try {
    await share();
  } catch (error) {
    log.warn({ error: String(error) }, "Meta's answer could not be recorded for other sends; each gets its own answer");
  }
}

/** The wait before another attempt. After the other steps the policy or the echo decides, also when they were not recorded. */
function waitOf(step: RefusalStep): number {
  if (step.do === 'pause' || step.do === 'try_again') return step.afterMs;
  return step.do === 'await_echo' ? ECHO_LOOK_MS : HELD_LOOK_MS;
}

/** 100/2018074: Meta does not know the attachment id, or it is older than 90 days. */
function isLostAttachment(answer: Rejection): boolean {
  return answer.status === 'refused' && answer.error.error_subcode === 2018074;
}

/** What Meta's answer, or none, means. */
export function ruleOf(answer: Rejection): GraphErrorRule {
  return answer.status === 'no_answer' ? NETWORK_OUTCOMES[answer.outcome] : answeredErrorRule(answer);
}

/** Without Meta's message, which can contain names. */
function loggableFields(answer: Rejection) {
  if (answer.status === 'no_answer') return { outcome: answer.outcome };
  const { code, error_subcode, fbtrace_id } = answer.error;
  return { code, subcode: error_subcode, trace: fbtrace_id };
}
