import { CancellationScope, patched } from '@temporalio/workflow';
import { BotError } from '../../domain/bot-error.ts';
import { conversationParts } from '../../domain/conversation-id.ts';
import { toSendFailure } from '../../domain/error-codes.ts';
import { escapeMarkdown } from '../../domain/markdown.ts';
import { partSendId, reuploadSendId } from '../../domain/send-id.ts';
import type { SendOutcome } from '../../domain/send.ts';
import { maxFetchMs } from '../../messenger/outbound/fetch-time.ts';
import { textOfOutbound, type Sayable } from '../../messenger/outbound/outbound-message.ts';
import { outboundMessages, type OutboundPart } from '../../messenger/outbound/sayable.ts';
import { durableSend, failureCode, localSend, storeActivities } from '../activity-proxies.ts';
import type { SendAttempt, SendRequest } from '../contract/index.ts';
import { attachmentSource, findAttachment, withAttachmentId } from './attachment.ts';
import type { SendCancellation } from './send-cancellation.ts';

/** One part before its phase is known. */
type PartRequest = Omit<SendRequest, 'phase'>;

const MAX_SEND_SUMMARY_CHARS = 80;
/** Of a durable try, without the time that Meta takes to fetch a file: longer than its call of Meta. */
const DURABLE_TRY_MS = 30_000;
/** A file that Meta has to fetch first gets no local try: it could not end in time. Histories before it have one. */
const NO_LOCAL_TRY_PATCH = 'no-local-try-of-media-by-url';

/**
 * Sends a message and resolves to its outcome, for plugins and sequences alike; it never throws for a failure of Meta,
 * the store or the message. A text that is too long for one message goes out in parts, `{sendId}`, `{sendId}.1` and so
 * on, until one fails.
 */
export async function sendParts(
  request: Omit<SendRequest, keyof OutboundPart | 'phase'>,
  sayable: Sayable,
  cancellation: SendCancellation,
): Promise<SendOutcome> {
  let parts;
  try {
    parts = outboundMessages(sayable, conversationParts(request.conversation)?.channel);
  } catch (error) {
    return { status: 'failed', code: error instanceof BotError ? toSendFailure(error.code) : 'message_invalid' };
  }
  // A send that has begun is finished, also when its sequence is stopped meanwhile.
  return CancellationScope.nonCancellable(async () => {
    let outcome: SendOutcome = { status: 'failed', code: 'message_invalid' };
    for (const [index, part] of parts.entries()) {
      const sendId = partSendId(request.sendId, index);
      outcome = await sendPart({ ...request, ...part, sendId }, cancellation);
      if (outcome.status !== 'sent') return outcome;
    }
    return outcome;
  });
}

/** Sends one part; uploads its file first, and once more when Meta no longer has it. */
async function sendPart(request: PartRequest, cancellation: SendCancellation): Promise<SendOutcome> {
  const source = attachmentSource(request.conversation, request.message);
  const { handledUntil } = request;
  const file = source && { ...source, ...(handledUntil !== undefined && { handledUntil }) };
  if (!file) return runSendActivity(request, cancellation);
  const stored = await findAttachment(file, cancellation);
  if (stored.status === 'failed') return stored;
  const message = withAttachmentId(request.message, stored.attachmentId);
  const outcome = await runSendActivity({ ...request, message }, cancellation);
  if (outcome.status !== 'failed' || outcome.code !== 'attachment_expired') return outcome;
  const again = await findAttachment(file, cancellation, stored.attachmentId);
  if (again.status === 'failed') return again;
  const sendId = reuploadSendId(request.sendId);
  return runSendActivity(
    { ...request, sendId, message: withAttachmentId(request.message, again.attachmentId) },
    cancellation,
  );
}

/** The local phase, then the durable one; a send that is cancelled while it waits is withdrawn. */
async function runSendActivity(request: PartRequest, cancellation: SendCancellation): Promise<SendOutcome> {
  if (cancellation.isCancelled) return { status: 'failed', code: 'taken_over' };
  const summary = escapeMarkdown(textOfOutbound(request.message), MAX_SEND_SUMMARY_CHARS);
  const attempt: SendAttempt =
    maxFetchMs(request.message) > 0 && patched(NO_LOCAL_TRY_PATCH)
      ? { status: 'deferred' }
      : await localSend.sendMessage
          .executeWithOptions({ summary }, [{ ...request, phase: 'local' }])
          .catch(() => ({ status: 'deferred' }) as const);
  if (attempt.status !== 'deferred') return attempt;
  const outcome = await cancellation.run(() => runDurableSend({ ...request, phase: 'durable' }, summary));
  return outcome ?? storeActivities.withdrawSend(request.sendId);
}

async function runDurableSend(request: SendRequest, summary: string): Promise<SendOutcome> {
  const scope = CancellationScope.current();
  try {
    const outcome = await durableSend.sendMessage.executeWithOptions(
      { summary, startToCloseTimeout: DURABLE_TRY_MS + maxFetchMs(request.message) },
      [request],
    );
    return outcome.status === 'deferred' ? { status: 'unknown' } : outcome;
  } catch (error) {
    if (scope.consideredCancelled) throw error;
    return { status: 'failed', code: failureCode(error) };
  }
}
