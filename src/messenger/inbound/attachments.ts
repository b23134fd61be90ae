import { isObject, compact, valueAt, type JsonObject } from '../check/json.ts';
import { epochMs, asId, asText } from '../check/meta-values.ts';
import type { Attachment, EchoEvent, MessageEvent } from './inbound-event.ts';

/** What a message can carry, by Meta's names (webhook-events/messages, 2026-10-06). A gif is an image. */
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

export interface MediaFile {
  /** Signed by Meta, and it expires: copy what is behind it now. The same file delivered again has another address. */
  readonly url: string;
}

export interface InboundSticker {
  readonly stickerId?: string;
  /** Its picture. Signed by Meta, and it expires. */
  readonly url?: string;
}

export interface SharedReel {
  readonly videoId?: string;
  readonly title?: string;
  readonly url?: string;
}

export interface SharedPost {
  readonly postId?: string;
  readonly title?: string;
  readonly url?: string;
}

/** A link that Messenger shows as a card. Meta leaves the address out at times. */
export interface SharedLink {
  readonly title?: string;
  readonly url?: string;
}

/** Products of the Page's own catalogue. */
export interface SharedProducts {
  readonly products: readonly SharedProduct[];
}

export interface SharedProduct {
  readonly id?: string;
  readonly retailerId?: string;
  readonly title?: string;
  /** Its price, as Meta writes it: `€12.00`. */
  readonly subtitle?: string;
  /** Signed by Meta, and it expires. */
  readonly imageUrl?: string;
}

export interface Appointment {
  readonly bookingId?: string;
  /** `requested`, `confirmed`, `declined` or `cancelled`. */
  readonly status?: string;
  /** Epoch ms; Meta counts seconds. */
  readonly startsAt?: number;
  readonly endsAt?: number;
  /** An IANA name: `Europe/Lisbon`. */
  readonly timeZone?: string;
}

/**
 * The attachments of one type, in their order. A media file that comes without an address is left out: there is nothing
 * to fetch. All that Meta sent, kinds that are not known here included, is in `message.attachments`. Field `messages`.
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

type Reader<Read> = (attachment: Attachment, payload: JsonObject) => Read | undefined;

const mediaFile: Reader<MediaFile> = ({ url }) => (url === undefined ? undefined : { url });

const reel: Reader<SharedReel> = ({ title, url }, payload) =>
  compact<SharedReel>({ videoId: asId(valueAt(payload, 'reel_video_id')), title, url });

const post: Reader<SharedPost> = ({ title, url }, payload) =>
  compact<SharedPost>({ postId: asId(valueAt(payload, 'id')), title, url });

const READERS: { readonly [Type in keyof AttachmentsByType]: Reader<AttachmentsByType[Type]> } = {
  image: mediaFile,
  video: mediaFile,
  audio: mediaFile,
  file: mediaFile,
  sticker: ({ stickerId, url }) => compact<InboundSticker>({ stickerId, url }),
  reel,
  ig_reel: reel,
  post,
  ig_post: post,
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
