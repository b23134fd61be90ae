import { isObject, compact, valueAt, type JsonObject } from '../check/json.ts';
import { epochMs, asId, asText } from '../check/meta-values.ts';
import type { Attachment, EchoEvent, MessageEvent } from './inbound-event.ts';

/** What a message can carry, by Meta's type names (webhook-events/messages, 2026-10-06). A gif is an `image`. */
export interface AttachmentsByType {
  readonly image: MediaFile;
  readonly video: MediaFile;
  readonly audio: MediaFile;
  readonly file: MediaFile;
  readonly sticker: InboundSticker;
  readonly reel: SharedReel;
  readonly ig_reel: SharedReel;
  readonly post: SharedPost;
  readonly ig_post: SharedPost;
  readonly fallback: SharedLink;
  readonly template: SharedProducts;
  readonly appointment_booking: Appointment;
}

/** A picture, video, sound or other file. */
export interface MediaFile {
  /** Signed by Meta and expiring: download it now. The same file delivered again has another URL. */
  readonly url: string;
}

/** A sticker that the person sent. */
export interface InboundSticker {
  readonly stickerId?: string;
  /** Its picture. Signed by Meta and expiring. */
  readonly url?: string;
}

/** A reel that the person shared. */
export interface SharedReel {
  readonly videoId?: string;
  readonly title?: string;
  readonly url?: string;
}

/** A post that the person shared. */
export interface SharedPost {
  readonly postId?: string;
  readonly title?: string;
  readonly url?: string;
}

/** A link that Messenger shows as a card. Meta sometimes leaves the URL out. */
export interface SharedLink {
  readonly title?: string;
  readonly url?: string;
}

/** Products of the Page's catalogue that the person shared. */
export interface SharedProducts {
  readonly products: readonly SharedProduct[];
}

/** One product of {@link SharedProducts}. */
export interface SharedProduct {
  readonly id?: string;
  readonly retailerId?: string;
  readonly title?: string;
  /** Its price as Meta writes it: `€12.00`. */
  readonly subtitle?: string;
  /** Signed by Meta and expiring. */
  readonly imageUrl?: string;
}

/** An appointment that the person booked with the Page. */
export interface Appointment {
  readonly bookingId?: string;
  /** `requested`, `confirmed`, `declined` or `cancelled`. */
  readonly status?: string;
  /** Epoch ms; Meta counts seconds. */
  readonly startsAt?: number;
  /** Epoch ms. */
  readonly endsAt?: number;
  /** An IANA name: `Europe/Lisbon`. */
  readonly timeZone?: string;
}

/**
 * The attachments of one type, in order. Media files without a URL are left out, because there is nothing to download.
 * `message.attachments` has everything Meta sent, unknown types included. Field `messages`.
 *
 * @example
 * for (const { url } of attachmentsOf(message, 'image')) await ctx.activities.keepPhoto(url);
 */
export function attachmentsOf<Type extends keyof AttachmentsByType>(
  { attachments }: MessageEvent | EchoEvent,
  type: Type,
): readonly AttachmentsByType[Type][] {
  return attachments
    .filter((attachment) => attachment.type === type)
    .map((attachment) => READERS[type](attachment, objectOf(attachment.payload)))
    .filter((attachment) => attachment !== undefined);
}

type AttachmentReader<Read> = (attachment: Attachment, payload: JsonObject) => Read | undefined;

const readMediaFile: AttachmentReader<MediaFile> = ({ url }) => (url === undefined ? undefined : { url });

const readReel: AttachmentReader<SharedReel> = ({ title, url }, payload) =>
  compact<SharedReel>({ videoId: asId(valueAt(payload, 'reel_video_id')), title, url });

const readPost: AttachmentReader<SharedPost> = ({ title, url }, payload) =>
  compact<SharedPost>({ postId: asId(valueAt(payload, 'id')), title, url });

const READERS: { readonly [Type in keyof AttachmentsByType]: AttachmentReader<AttachmentsByType[Type]> } = {
  image: readMediaFile,
  video: readMediaFile,
  audio: readMediaFile,
  file: readMediaFile,
  sticker: ({ stickerId, url }) => compact<InboundSticker>({ stickerId, url }),
  reel: readReel,
  ig_reel: readReel,
  post: readPost,
  ig_post: readPost,
  fallback: ({ title, url }) => compact<SharedLink>({ title, url }),
  template: (_, payload) => ({ products: productsOf(payload) }),
  appointment_booking: (_, payload) =>
    compact<Appointment>({
      bookingId: asId(valueAt(payload, 'booking_id')),
      status: asText(valueAt(payload, 'status')),
      startsAt: epochMs(valueAt(payload, 'start_time')),
      endsAt: epochMs(valueAt(payload, 'end_time')),
      timeZone: asText(valueAt(payload, 'timezone')),
    }),
};

function productsOf(payload: JsonObject): SharedProduct[] {
  const elements = valueAt(objectOf(valueAt(payload, 'product')), 'elements');
  return (Array.isArray(elements) ? elements : []).filter(isObject).map((element) =>
    compact<SharedProduct>({
      id: asId(valueAt(element, 'id')),
      retailerId: asId(valueAt(element, 'retailer_id')),
      title: asText(valueAt(element, 'title')),
      subtitle: asText(valueAt(element, 'subtitle')),
      imageUrl: asText(valueAt(element, 'image_url')),
    }),
  );
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
