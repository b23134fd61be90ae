import { ActivityFailure, ApplicationFailure, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { toSendFailure } from '../../domain/error-codes.ts';
import type { MediaMessage } from '../../messenger/outbound/media.ts';
import type { OutboundMessage } from '../../messenger/outbound/outbound-message.ts';
import type { EverthreadActivities, AttachmentResult, AttachmentSource } from '../contract/index.ts';
import type { SendCancellation } from './send-cancellation.ts';

/** What Meta has already is found in the workflow task. */
const local = proxyLocalActivities<EverthreadActivities>({
  startToCloseTimeout: '6 seconds',
  retry: { maximumAttempts: 1 },
});

/** An upload takes its time (a video from an address may take Meta 75 seconds), and waits where its Page has to wait. */
const durable = proxyActivities<EverthreadActivities>({
  startToCloseTimeout: '3 minutes',
  scheduleToCloseTimeout: '8 days',
  retry: { initialInterval: '2 seconds', maximumInterval: '1 minute' },
});

/** What of a message Meta must keep first, if anything. */
export function attachmentSource(conversation: ConversationId, message: OutboundMessage): AttachmentSource | undefined {
  if (!isMedia(message)) return undefined;
  const { type, payload } = message.attachment;
  if (payload.file !== undefined) return { conversation, type, source: { file: payload.file } };
  return payload.upload === undefined ? undefined : { conversation, type, source: { url: payload.upload } };
}

/** The id under which Meta keeps it, uploaded now if it is not there yet. `expired` is one that Meta forgot. */
export async function findAttachment(
  what: AttachmentSource,
  hush: SendCancellation,
  expired?: string,
): Promise<AttachmentResult> {
  const request = { ...what, ...(expired !== undefined && { expired }) };
  const known = await local
    .keepAttachment({ ...request, phase: 'local' })
    .catch(() => ({ status: 'deferred' }) as const);
  if (known.status !== 'deferred') return known;
  try {
    const upload = { ...request, phase: 'durable' } as const;
    const kept = await hush.run(() =>
      durable.keepAttachment.executeWithOptions({ summary: summaryOf(what) }, [upload]),
    );
    if (!kept) return { status: 'failed', code: 'taken_over' };
    return kept.status === 'deferred' ? { status: 'failed', code: 'not_settled' } : kept;
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : error;
    return { status: 'failed', code: toSendFailure(cause instanceof ApplicationFailure ? cause.type : undefined) };
  }
}

/** The same message, said by the id of what Meta keeps. */
export function byId(message: OutboundMessage, attachmentId: string): OutboundMessage {
  if (!isMedia(message)) return message;
  const { attachment, ...beside } = message;
  return { ...beside, attachment: { type: attachment.type, payload: { attachment_id: attachmentId } } };
}

function isMedia(message: OutboundMessage): message is MediaMessage {
  return 'attachment' in message && message.attachment.type !== 'template';
}

function summaryOf({ type, source }: AttachmentSource): string {
  return `Upload ${type}: ${'file' in source ? source.file : new URL(source.url).hostname}`.slice(0, 80);
}
