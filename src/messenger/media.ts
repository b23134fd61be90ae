import { checkedFields, checkedFlag, checkedId, checkedUrl, invalid, optional } from './checked.ts';
import type { QuickReply } from './quick-reply.ts';

const MEDIA_TYPES = ['image', 'video', 'audio', 'file'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** Its address, which Meta fetches at once, or the id that Meta gave it when it was uploaded. */
export type MediaSource = string | { readonly attachmentId: string };

/** One picture, video, sound or file. Meta, send-messages/saving-assets, read 2026-10-06. */
export interface MediaMessage {
  readonly attachment: {
    readonly type: MediaType;
    readonly payload: {
      readonly url?: string;
      readonly attachment_id?: string;
      /** Lets Meta keep it; the answer to the send then has its attachment id. */
      readonly is_reusable?: boolean;
    };
  };
  readonly quick_replies?: readonly QuickReply[];
}

/** A picture: at most 8 MB from an address, which must answer Meta within 10 seconds, 25 MB when uploaded before. */
export function image(source: MediaSource): MediaMessage {
  return mediaMessage('image', source);
}

/** A video with a player: at most 25 MB, from an address that answers Meta within 75 seconds. */
export function video(source: MediaSource): MediaMessage {
  return mediaMessage('video', source);
}

/** Sound with a player: at most 25 MB, from an address that answers Meta within 10 seconds. */
export function audio(source: MediaSource): MediaMessage {
  return mediaMessage('audio', source);
}

/** A file to open: at most 25 MB, from an address that answers Meta within 10 seconds. */
export function file(source: MediaSource): MediaMessage {
  return mediaMessage('file', source);
}

function mediaMessage(type: MediaType, source: MediaSource): MediaMessage {
  const payload = typeof source === 'string' ? { url: source } : { attachment_id: source.attachmentId };
  return { attachment: checkedMedia({ type, payload }) };
}

export function checkedMedia(value: unknown): MediaMessage['attachment'] {
  const attachment = checkedFields('The attachment', value, ['type', 'payload'], CURE);
  const type = MEDIA_TYPES.find((known) => known === attachment['type']);
  if (type === undefined) throw invalid('The attachment is of a kind that is not known here', CURE);
  const payload = checkedFields('The attachment', attachment['payload'], ['url', 'attachment_id', 'is_reusable'], CURE);
  const isUploaded = payload['attachment_id'] !== undefined;
  return {
    type,
    payload: {
      ...(isUploaded
        ? { attachment_id: checkedId('The attachment id', payload['attachment_id']) }
        : { url: checkedUrl("The attachment's address", payload['url']) }),
      ...optional(payload, 'is_reusable', (flag) => checkedFlag('is_reusable', flag)),
    },
  };
}

const CURE = 'Use image(…), video(…), audio(…), file(…), or one of the builders for cards and forms';
