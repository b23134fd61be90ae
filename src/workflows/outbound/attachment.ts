/** Files of messages: Meta stores each once per Page, and messages refer to it by its attachment id. */

import type { ConversationId } from '../../domain/conversation-id.ts';
import { escapeMarkdown } from '../../domain/markdown.ts';
import type { MediaMessage } from '../../messenger/outbound/media.ts';
import type { OutboundMessage } from '../../messenger/outbound/outbound-message.ts';
import { durableUpload, failureCode, localUpload } from '../activity-proxies.ts';
import type { AttachmentRequest, AttachmentResult, AttachmentSource } from '../contract/index.ts';
import type { SendCancellation } from './send-cancellation.ts';

const MAX_UPLOAD_SUMMARY_CHARS = 80;

/** The file that Meta has to store before it takes this message; `undefined` when there is none. */
export function attachmentSource(conversation: ConversationId, message: OutboundMessage): AttachmentSource | undefined {
  if (!isMedia(message)) return undefined;
  const { type, payload } = message.attachment;
  if (payload.file !== undefined) return { conversation, type, source: { file: payload.file } };
  return payload.upload === undefined ? undefined : { conversation, type, source: { url: payload.upload } };
}

/** Finds a file's attachment id, or uploads the file. `expired` is an id that Meta no longer knows. */
export async function findAttachment(
  file: AttachmentSource & Pick<AttachmentRequest, 'handledUntil'>,
  cancellation: SendCancellation,
  expired?: string,
): Promise<AttachmentResult> {
  const request = { ...file, ...(expired !== undefined && { expired }) };
  const known = await localUpload
    .keepAttachment({ ...request, phase: 'local' })
    .catch(() => ({ status: 'deferred' }) as const);
  if (known.status !== 'deferred') return known;
  try {
    const upload = { ...request, phase: 'durable' } as const;
    const stored = await cancellation.run(() =>
      durableUpload.keepAttachment.executeWithOptions({ summary: describeUpload(file) }, [upload]),
    );
    if (!stored) return { status: 'failed', code: 'taken_over' };
    return stored.status === 'deferred' ? { status: 'failed', code: 'not_settled' } : stored;
  } catch (error) {
    return { status: 'failed', code: failureCode(error) };
  }
}

/** The same message with an attachment id in place of its file. */
export function withAttachmentId(message: OutboundMessage, attachmentId: string): OutboundMessage {
  if (!isMedia(message)) return message;
  const { attachment, ...others } = message;
  return { ...others, attachment: { type: attachment.type, payload: { attachment_id: attachmentId } } };
}

function isMedia(message: OutboundMessage): message is MediaMessage {
  return 'attachment' in message && message.attachment.type !== 'template';
}

function describeUpload({ type, source }: AttachmentSource): string {
  const from = 'file' in source ? source.file : new URL(source.url).hostname;
  return escapeMarkdown(`Upload ${type}: ${from}`, MAX_UPLOAD_SUMMARY_CHARS);
}
