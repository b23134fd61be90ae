import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import { BotError } from '../../domain/bot-error.ts';
import { conversationParts } from '../../domain/conversation-id.ts';
import { toSendFailure } from '../../domain/error-codes.ts';
import { partSendId, reuploadSendId } from '../../domain/send-id.ts';
import type { SendOutcome } from '../../domain/send.ts';
import { textOfOutbound, type Sayable } from '../../messenger/outbound/outbound-message.ts';
import { outboundMessages, type OutboundPart } from '../../messenger/outbound/sayable.ts';
import type { EverthreadActivities, SendRequest } from '../contract/index.ts';
import { byId, findAttachment, attachmentSource } from './attachment.ts';
import type { SendCancellation } from './send-cancellation.ts';

/** One quick try in the workflow task: half the events and a third of the latency of a normal activity. */
const local = proxyLocalActivities<EverthreadActivities>({
  startToCloseTimeout: '6 seconds',
  retry: { maximumAttempts: 1 },
});

/** What the quick try could not settle: retried durably until Meta's rules forbid it, for 7 days at most. */
const durable = proxyActivities<EverthreadActivities>({
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '8 days',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** What nobody shall hear any more is written down until it is. */
const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

const MAX_SUMMARY_CHARS = 80;

/**
 * Sends, and gives what became of it as a value: the same for plugins and sequences, whatever happens outside. A text that
 * is too long for one message goes out in parts, `{sendId}`, `{sendId}.1` and so on, until one does not go out.
 */
export async function sendParts(
  request: Omit<SendRequest, keyof OutboundPart | 'phase'>,
  sayable: Sayable,
  hush: SendCancellation,
): Promise<SendOutcome> {
  let parts;
  try {
    parts = outboundMessages(sayable, conversationParts(request.conversation)?.channel);
  } catch (error) {
    return { status: 'failed', code: error instanceof BotError ? toSendFailure(error.code) : 'message_invalid' };
  }
  // What is on its way is finished, also when its sequence is stopped meanwhile.
  return CancellationScope.nonCancellable(async () => {
    let outcome: SendOutcome = { status: 'failed', code: 'message_invalid' };
    for (const [index, part] of parts.entries()) {
      const sendId = partSendId(request.sendId, index);
      outcome = await sendPart({ ...request, ...part, sendId }, hush);
      if (outcome.status !== 'sent') return outcome;
    }
    return outcome;
  });
}

async function sendPart(request: Omit<SendRequest, 'phase'>, hush: SendCancellation): Promise<SendOutcome> {
  const file = attachmentSource(request.conversation, request.message);
  if (!file) return runSendActivity(request, hush);
  const kept = await findAttachment(file, hush);
  if (kept.status === 'failed') return kept;
  const outcome = await runSendActivity({ ...request, message: byId(request.message, kept.attachmentId) }, hush);
  if (outcome.status !== 'failed' || outcome.code !== 'attachment_expired') return outcome;
  const again = await findAttachment(file, hush, kept.attachmentId);
  if (again.status === 'failed') return again;
  const sendId = reuploadSendId(request.sendId);
  return runSendActivity({ ...request, sendId, message: byId(request.message, again.attachmentId) }, hush);
}

async function runSendActivity(request: Omit<SendRequest, 'phase'>, hush: SendCancellation): Promise<SendOutcome> {
  if (hush.isCancelled) return { status: 'failed', code: 'taken_over' };
  const summary = textOfOutbound(request.message).slice(0, MAX_SUMMARY_CHARS);
  const attempt = await local.sendMessage
    .executeWithOptions({ summary }, [{ ...request, phase: 'local' }])
    .catch(() => ({ status: 'deferred' }) as const);
  if (attempt.status !== 'deferred') return attempt;
  const settled = await hush.run(() => runDurableSend({ ...request, phase: 'durable' }, summary));
  return settled ?? outside.withdrawSend(request.sendId);
}

async function runDurableSend(request: SendRequest, summary: string): Promise<SendOutcome> {
  const scope = CancellationScope.current();
  try {
    const outcome = await durable.sendMessage.executeWithOptions({ summary }, [request]);
    return outcome.status === 'deferred' ? { status: 'unknown' } : outcome;
  } catch (error) {
    if (scope.consideredCancelled) throw error;
    const cause = error instanceof ActivityFailure ? error.cause : error;
    return { status: 'failed', code: toSendFailure(cause instanceof ApplicationFailure ? cause.type : undefined) };
  }
}
