import { BotError } from '../../domain/bot-error.ts';
import {
  checkedChoice,
  checkedFields,
  checkedFlag,
  checkedId,
  checkedList,
  checkedUrl,
  optional,
} from '../check/checked.ts';
import { checkedButtons, type Button } from '../outbound/button.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

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
 * A picture or a video with up to three buttons under it; no sound alone. It is one that was uploaded, or the address of
 * one on Facebook. Meta, send-messages/template/media, read 2026-10-06.
 */
export function mediaCard(
  type: 'image' | 'video',
  source: string | { readonly attachmentId: string },
  buttons?: readonly Button[],
): TemplateMessage<MediaTemplate> {
  const where = typeof source === 'string' ? { url: source } : { attachment_id: source.attachmentId };
  const element = { media_type: type, ...where, buttons };
  return templateMessage(checkedMediaTemplate({ template_type: 'media', elements: [element] }));
}

export function checkedMediaTemplate(value: unknown): MediaTemplate {
  const template = checkedFields('A media card', value, ['template_type', 'elements', 'sharable'], CURE);
  return {
    template_type: 'media',
    elements: checkedList('The elements of a media card', template['elements'], 1, 1).map(checkedElement),
    ...optional(template, 'sharable', (flag) => checkedFlag('sharable', flag)),
  };
}

const CURE = 'Use mediaCard(…)';

function checkedElement(value: unknown): MediaElement {
  const element = checkedFields('A media card', value, ['media_type', 'url', 'attachment_id', 'buttons'], CURE);
  const isUploaded = element['attachment_id'] !== undefined;
  return {
    media_type: checkedChoice('The kind of a media card', element['media_type'], ['image', 'video']),
    ...(isUploaded
      ? { attachment_id: checkedId("A media card's attachment id", element['attachment_id']) }
      : { url: checkedFacebookUrl(element['url']) }),
    ...optional(element, 'buttons', checkedButtons),
  };
}

/** Meta shows nothing from elsewhere in this form. */
function checkedFacebookUrl(value: unknown): string {
  const url = checkedUrl("A media card's address", value);
  if (/^https:\/\/([\w-]+\.)?facebook\.com\//i.test(url)) return url;
  throw new BotError(
    'url_invalid',
    `A media card's address "${url.slice(0, 60)}" is not on facebook.com. Upload the file and give its attachment id.`,
  );
}
