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

/** See {@link MediaType}. */
export const SENDABLE_MEDIA_TYPES = ['image', 'video', 'audio', 'file'] as const;
/** The kinds of media that a Page can send. */
export type MediaType = (typeof SENDABLE_MEDIA_TYPES)[number];

/**
 * Where a file comes from: a URL, which Meta fetches for every send; `attachmentId`, Meta's id of an earlier upload; or
 * `upload` (a URL; changed content needs another one) or `file` (a path relative to the bot's file), which is uploaded once
 * for each Page and then sent by its id. An id expires after 90 days, and the file is then uploaded again.
 */
export type MediaSource =
  | string
  | { readonly attachmentId: string }
  | { readonly upload: string }
  | { readonly file: string };

/** A message with one picture, video, sound or other file. Meta, send-messages/saving-assets, read 2026-10-06. */
export interface MediaMessage {
  readonly attachment: {
    readonly type: MediaType;
    readonly payload: {
      readonly url?: string;
      readonly attachment_id?: string;
      /** Replaced by an `attachment_id` before the message goes to Meta, as is `file`: see {@link MediaSource}. */
      readonly upload?: string;
      readonly file?: string;
      /** Lets Meta store the file; the response to the send then has its attachment id. */
      readonly is_reusable?: boolean;
    };
  };
  readonly quick_replies?: readonly QuickReply[];
}

/**
 * A picture: at most 8 MB by URL, which must respond to Meta within 10 seconds; 25 MB when uploaded. Meta,
 * send-messages/saving-assets, read 2026-10-06.
 *
 * @throws BotError `url_invalid`, `id_invalid`, `text_empty`, `text_too_long` (a `file` path over 1,000 characters) or
 *   `message_invalid`; so do `video`, `audio` and `file`.
 */
export function image(source: MediaSource): MediaMessage {
  return mediaMessage('image', source);
}

/** A video with a player: at most 25 MB, from a URL that responds to Meta within 75 seconds. Errors as for {@link image}. */
export function video(source: MediaSource): MediaMessage {
  return mediaMessage('video', source);
}

/** Sound with a player: at most 25 MB, from a URL that responds to Meta within 10 seconds. Errors as for {@link image}. */
export function audio(source: MediaSource): MediaMessage {
  return mediaMessage('audio', source);
}

/** A file to open: at most 25 MB, from a URL that responds to Meta within 10 seconds. Errors as for {@link image}. */
export function file(source: MediaSource): MediaMessage {
  return mediaMessage('file', source);
}

function mediaMessage(type: MediaType, source: MediaSource): MediaMessage {
  return { attachment: requireMedia({ type, payload: mediaPayload(source) }) };
}

function mediaPayload(source: MediaSource): object {
  if (typeof source === 'string') return { url: source };
  return 'attachmentId' in source ? { attachment_id: source.attachmentId } : source;
}

/** The attachment of a {@link MediaMessage}, whether built or written by hand. */
export function requireMedia(value: unknown): MediaMessage['attachment'] {
  const attachment = requireObject('The attachment', value, ['type', 'payload'], MEDIA_CURE);
  const type = SENDABLE_MEDIA_TYPES.find((known) => known === attachment['type']);
  if (type === undefined) throw invalidMessage('The attachment is of a kind that is not known here', MEDIA_CURE);
  const payload = requireObject('The attachment', attachment['payload'], PAYLOAD_KEYS, MEDIA_CURE);
  return {
    type,
    payload: {
      ...requireSource(payload),
      ...readOptional(payload, 'is_reusable', (flag) => requireBoolean('is_reusable', flag)),
    },
  };
}

const PAYLOAD_KEYS = ['url', 'attachment_id', 'upload', 'file', 'is_reusable'] as const;

function requireSource({
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
