import { BotError } from '../../domain/bot-error.ts';
import {
  requireChoice,
  requireObject,
  requireBoolean,
  requireId,
  requireList,
  requireUrl,
  readOptional,
} from '../check/require.ts';
import { requireButtons, type Button } from '../outbound/button.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

/** A picture or video with buttons, in Meta's words. */
export interface MediaTemplate {
  readonly template_type: 'media';
  readonly elements: readonly MediaElement[];
  readonly sharable?: boolean;
}

interface MediaElement {
  readonly media_type: 'image' | 'video';
  readonly url?: string;
  readonly attachment_id?: string;
  readonly buttons?: readonly Button[];
}

/**
 * A picture or video with up to three buttons under it. Meta, send-messages/template/media, read 2026-10-06.
 *
 * @param source The https URL of a picture or video on facebook.com, or the attachment id of an upload.
 * @throws BotError `url_invalid`, `id_invalid`, `wrong_number_of_buttons` or `message_invalid`.
 */
export function mediaCard(
  type: 'image' | 'video',
  source: string | { readonly attachmentId: string },
  buttons?: readonly Button[],
): TemplateMessage<MediaTemplate> {
  const place = typeof source === 'string' ? { url: source } : { attachment_id: source.attachmentId };
  const element = { media_type: type, ...place, buttons };
  return templateMessage(requireMediaTemplate({ template_type: 'media', elements: [element] }));
}

/** The payload of a media card, whether built or written by hand. */
export function requireMediaTemplate(value: unknown): MediaTemplate {
  const template = requireObject('A media card', value, ['template_type', 'elements', 'sharable'], MEDIA_CARD_CURE);
  return {
    template_type: 'media',
    elements: requireList('The elements of a media card', template['elements'], 1, 1).map(requireElement),
    ...readOptional(template, 'sharable', (flag) => requireBoolean('sharable', flag)),
  };
}

const MEDIA_CARD_CURE = 'Use mediaCard(…)';

function requireElement(value: unknown): MediaElement {
  const element = requireObject(
    'A media card',
    value,
    ['media_type', 'url', 'attachment_id', 'buttons'],
    MEDIA_CARD_CURE,
  );
  const isUploaded = element['attachment_id'] !== undefined;
  return {
    media_type: requireChoice('The kind of a media card', element['media_type'], ['image', 'video']),
    ...(isUploaded
      ? { attachment_id: requireId("A media card's attachment id", element['attachment_id']) }
      : { url: requireFacebookUrl(element['url']) }),
    ...readOptional(element, 'buttons', requireButtons),
  };
}

/** Meta takes no other URLs in a media template. */
function requireFacebookUrl(value: unknown): string {
  const url = requireUrl("A media card's address", value);
  if (/^https:\/\/([\w-]+\.)?facebook\.com\//i.test(url)) return url;
  throw new BotError(
    'url_invalid',
    `A media card's address "${url.slice(0, 60)}" is not on facebook.com. Upload the file and give its attachment id.`,
  );
}
