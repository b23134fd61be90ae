import type { JsonObject } from '../check/json.ts';
import {
  requireObject,
  requireBoolean,
  requireId,
  requireText,
  requireUrl,
  invalidMessage,
  readOptional,
} from '../check/require.ts';
import type { QuickReply } from './quick-reply.ts';

const MEDIA_TYPES = ['image', 'video', 'audio', 'file'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/**
 * Where it is: an address, which Meta fetches for every send; what was uploaded, by the id that Meta gave it; or what is
 * to be uploaded once for each Page and then said by its id, until that expires after 90 days. `upload` is an address
 * (give other content another one), `file` a path beside the bot's file.
 */
export type MediaSource =
  | string
  | { readonly attachmentId: string }
  | { readonly upload: string }
  | { readonly file: string };

/** One picture, video, sound or file. Meta, send-messages/saving-assets, read 2026-10-06. */
export interface MediaMessage {
  readonly attachment: {
    readonly type: MediaType;
    readonly payload: {
      readonly url?: string;
      readonly attachment_id?: string;
      /** Ours, before it goes to Meta as an `attachment_id`: see {@link MediaSource}. */
      readonly upload?: string;
      readonly file?: string;
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
  return { attachment: requireMedia({ type, payload: payloadOf(source) }) };
}

function payloadOf(source: MediaSource): object {
  if (typeof source === 'string') return { url: source };
  return 'attachmentId' in source ? { attachment_id: source.attachmentId } : source;
}

export function requireMedia(value: unknown): MediaMessage['attachment'] {
  const attachment = requireObject('The attachment', value, ['type', 'payload'], MEDIA_CURE);
  const type = MEDIA_TYPES.find((known) => known === attachment['type']);
  if (type === undefined) throw invalidMessage('The attachment is of a kind that is not known here', MEDIA_CURE);
  const payload = requireObject('The attachment', attachment['payload'], PAYLOAD_KEYS, MEDIA_CURE);
  return {
    type,
    payload: {
      ...requirePlace(payload),
      ...readOptional(payload, 'is_reusable', (flag) => requireBoolean('is_reusable', flag)),
    },
  };
}

const PAYLOAD_KEYS = ['url', 'attachment_id', 'upload', 'file', 'is_reusable'] as const;

function requirePlace({
  url,
  attachment_id: id,
  upload,
  file: path,
}: JsonObject): MediaMessage['attachment']['payload'] {
  if (id !== undefined) return { attachment_id: requireId('The attachment id', id) };
  if (upload !== undefined) return { upload: requireUrl("The attachment's address", upload) };
  if (path !== undefined) return { file: requireText("The attachment's file", path, MAX_PATH_CHARS) };
  return { url: requireUrl("The attachment's address", url) };
}

const MAX_PATH_CHARS = 1000;

const MEDIA_CURE = 'Use image(…), video(…), audio(…), file(…), or one of the builders for cards and forms';
