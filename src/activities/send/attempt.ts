/** One call of the Graph API for a send, and the record of its answer. */

import { setTimeout as delay } from 'node:timers/promises';
import { isFirstOfAnswer, type SendId } from '../../domain/send-id.ts';
import type { GraphClient, SendAnswer } from '../../graph/graph-client.ts';
import type { OutboundPart } from '../../messenger/outbound/sayable.ts';
import { sendApiRequest, sendClassName } from '../../messenger/outbound/send-api.ts';
import type { CallPermit } from '../../store/ledger/index.ts';
import type { WorkerMetrics } from '../../worker-metrics.ts';
import type { SendAttempt, SendRequest } from '../../workflows/contract/index.ts';
import { conversationPartsOf } from './conversation-parts-of.ts';
import { handleRejection, ruleOf, shareFindings, type RejectionDeps } from './handle-rejection.ts';

/** What an attempt needs. */
export interface AttemptDeps extends RejectionDeps {
  readonly graph: Pick<GraphClient, 'sendMessage'>;
  readonly metrics: Pick<
    WorkerMetrics,
    'sendApiCalls' | 'sendApiSeconds' | 'sendApiRetries' | 'messagesSent' | 'firstReplySeconds'
  >;
}

/** Runs the attempts of sends in this process. `until` is in terms of `performance.now()`. */
export interface Attempts {
  /** Calls Meta, and records the answer. */
  run(request: SendRequest, permit: CallPermit, until: number): Promise<SendAttempt>;
  /** Records what Meta took in an earlier attempt that could not write to the store; `undefined` if there is none. */
  recordLate(request: SendRequest, until: number): Promise<SendAttempt | undefined>;
}

const RECORD_RETRY_MS = 200;
const MAX_UNRECORDED = 10_000;

/** Attempts that share the list of what could not be recorded. */
export function createAttempts(deps: AttemptDeps): Attempts {
  const { store, graph, rateLimiter, clock, metrics, log } = deps;
  /** Message ids that could not be recorded, by send id. They are lost with the process; their echoes are not. */
  const unrecorded = new Map<SendId, string>();

  /** Retries until the time is over: a short outage of the store must not leave a sent message unconfirmed. */
  async function recordSent(request: SendRequest, messageId: string, until: number): Promise<SendAttempt> {
    for (;;) {
      try {
        await store.ledger.confirm(request, messageId, clock.now(request.conversation));
        unrecorded.delete(request.sendId);
        return { status: 'sent', messageId };
      } catch (error) {
        if (unrecorded.size >= MAX_UNRECORDED) unrecorded.clear();
        unrecorded.set(request.sendId, messageId);
        if (performance.now() + RECORD_RETRY_MS > until) throw error;
      }
      await delay(RECORD_RETRY_MS);
    }
  }

  function measure(request: SendRequest, permit: CallPermit, answer: SendAnswer, startedAt: number): void {
    metrics.sendApiSeconds.observe((performance.now() - startedAt) / 1000);
    metrics.sendApiCalls.inc({ result: answer.status === 'accepted' ? 'accepted' : ruleOf(answer).class });
    if (permit.attempt > 1) metrics.sendApiRetries.inc();
    if (answer.status !== 'accepted') return;
    metrics.messagesSent.inc({ class: sendClassName(permit.sendClass).toLowerCase() });
    const { personActedAt } = permit;
    if (personActedAt === undefined || request.author !== 'bot' || !isFirstOfAnswer(request.sendId)) return;
    metrics.firstReplySeconds.observe(Math.max(0, clock.now(request.conversation) - personActedAt) / 1000);
  }

  return {
    async run(request, permit, until) {
      const { pageId, psid } = conversationPartsOf(request);
      const body = sendApiRequest(
        { id: psid },
        permit.sendClass,
        toOutboundPart(request),
        store.ledger.metadataOf(request.sendId),
      );
      const startedAt = performance.now();
      const answer = await graph.sendMessage(pageId, body, until - startedAt);
      measure(request, permit, answer, startedAt);
      if (answer.status !== 'accepted') return handleRejection(deps, request, answer, permit.attempt);
      const outcome = await recordSent(request, answer.messageId, until);
      await shareFindings(log, async () => {
        await rateLimiter.noteUsage(pageId, answer.usage);
        const isClosed = permit.isProbe && (await store.circuitBreakers.close(pageId));
        if (isClosed) log.info({ pageId }, 'The Page can send again; its waiting sends go out');
      });
      return outcome;
    },
    async recordLate(request, until) {
      const messageId = unrecorded.get(request.sendId);
      return messageId === undefined ? undefined : recordSent(request, messageId, until);
    },
  };
}

/** The fields of a request that go into the call's body, without those of the send itself. */
function toOutboundPart({ message, replyTo, persona, notification }: SendRequest): OutboundPart {
  return {
    message,
    ...(replyTo !== undefined && { replyTo }),
    ...(persona !== undefined && { persona }),
    ...(notification !== undefined && { notification }),
  };
}
