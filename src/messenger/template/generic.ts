import { BotError } from '../../domain/bot-error.ts';
import { requireObject, requireBoolean, requireList, requireText, requireUrl, readOptional } from '../check/require.ts';
import { requireButtons, requireUrlAction, type Button, type UrlAction } from '../outbound/button.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

/** One card of a {@link carousel}, in Meta's words. */
export interface Card {
  readonly title: string;
  readonly subtitle?: string;
  readonly image_url?: string;
  /** The web page that a tap on the card opens. */
  readonly default_action?: UrlAction;
  readonly buttons?: readonly Button[];
}

/** Cards side by side, in Meta's words. */
export interface GenericTemplate {
  readonly template_type: 'generic';
  readonly elements: readonly Card[];
  readonly sharable?: boolean;
}

/** The options of {@link card}: a title, and at least one of the others. */
export interface CardOptions {
  /** 1 to 80 characters. */
  readonly title: string;
  /** 1 to 80 characters. */
  readonly subtitle?: string | undefined;
  /** URL of a picture, which is shown at 1.91 to 1. */
  readonly image?: string | undefined;
  /** URL of the web page that a tap on the card opens. */
  readonly link?: string | undefined;
  /** One to three. */
  readonly buttons?: readonly Button[] | undefined;
}

/**
 * A card for a {@link carousel}. Meta, send-messages/template/generic, read 2026-10-06.
 *
 * @throws BotError `card_incomplete`, `text_empty`, `text_too_long`, `url_invalid`, `wrong_number_of_buttons` or
 *   `message_invalid`.
 */
export function card({ title, subtitle, image, link, buttons }: CardOptions): Card {
  const action = link === undefined ? undefined : { type: 'web_url', url: link };
  return requireCard({ title, subtitle, image_url: image, default_action: action, buttons });
}

/**
 * One card, or up to 10 side by side. Meta, send-messages/template/generic, read 2026-10-06.
 *
 * @param options.isSharable Lets people share the message with friends. Left out, Meta decides.
 * @throws BotError `wrong_number_of_items`, or what {@link card} throws.
 */
export function carousel(
  cards: readonly Card[],
  { isSharable }: { readonly isSharable?: boolean } = {},
): TemplateMessage<GenericTemplate> {
  return templateMessage(requireGeneric({ template_type: 'generic', elements: cards, sharable: isSharable }));
}

/** The payload of a carousel, whether built or written by hand. */
export function requireGeneric(value: unknown): GenericTemplate {
  const template = requireObject('A carousel', value, ['template_type', 'elements', 'sharable'], 'Use carousel(…)');
  return {
    template_type: 'generic',
    elements: requireList('The cards of a carousel', template['elements'], 1, LIMITS.cards).map(requireCard),
    ...readOptional(template, 'sharable', (flag) => requireBoolean('sharable', flag)),
  };
}

function requireCard(value: unknown): Card {
  const keys = ['title', 'subtitle', 'image_url', 'default_action', 'buttons'];
  const raw = requireObject('A card', value, keys, 'Use card(…)');
  const result = {
    title: requireText('The title of a card', raw['title'], LIMITS.cardTitleChars),
    ...readOptional(raw, 'subtitle', (text) => requireText('The subtitle of a card', text, LIMITS.cardSubtitleChars)),
    ...readOptional(raw, 'image_url', (url) => requireUrl("A card's picture", url)),
    ...readOptional(raw, 'default_action', (action) => requireUrlAction(action)),
    ...readOptional(raw, 'buttons', requireButtons),
  };
  if (Object.keys(result).length > 1) return result;
  throw new BotError(
    'card_incomplete',
    'A card has a title and nothing else, and Meta wants one thing more. Add a subtitle, a picture, a link or a button.',
  );
}
