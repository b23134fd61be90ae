import { BotError } from '../../domain/bot-error.ts';
import { requireObject, requireBoolean, requireList, requireText, requireUrl, readOptional } from '../check/require.ts';
import { requireButtons, urlAction, type Button, type UrlAction } from '../outbound/button.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

/** One card of a {@link carousel}, as Meta takes it. */
export interface Card {
  readonly title: string;
  readonly subtitle?: string;
  readonly image_url?: string;
  /** What a tap on the card itself opens. */
  readonly default_action?: UrlAction;
  readonly buttons?: readonly Button[];
}

export interface GenericTemplate {
  readonly template_type: 'generic';
  readonly elements: readonly Card[];
  readonly sharable?: boolean;
}

export interface CardOptions {
  readonly title: string;
  readonly subtitle?: string | undefined;
  /** Address of a picture; it is shown 1.91 to 1. */
  readonly image?: string | undefined;
  /** What a tap on the card opens. */
  readonly link?: string | undefined;
  readonly buttons?: readonly Button[] | undefined;
}

/**
 * A card: a title (at most 80 characters) and at least one of a subtitle (80), a picture, a link, and up to three
 * buttons. Meta, send-messages/template/generic, read 2026-10-06.
 */
export function card({ title, subtitle, image, link, buttons }: CardOptions): Card {
  const action = link === undefined ? undefined : { type: 'web_url', url: link };
  return requireCard({ title, subtitle, image_url: image, default_action: action, buttons });
}

/**
 * One card, or up to 10 side by side to swipe through. `isSharable` lets people pass it on to friends. Meta,
 * send-messages/template/generic, read 2026-10-06.
 */
export function carousel(
  cards: readonly Card[],
  { isSharable }: { readonly isSharable?: boolean } = {},
): TemplateMessage<GenericTemplate> {
  return templateMessage(requireGeneric({ template_type: 'generic', elements: cards, sharable: isSharable }));
}

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
  const checked = {
    title: requireText('The title of a card', raw['title'], LIMITS.cardTitleChars),
    ...readOptional(raw, 'subtitle', (text) => requireText('The subtitle of a card', text, LIMITS.cardSubtitleChars)),
    ...readOptional(raw, 'image_url', (url) => requireUrl("A card's picture", url)),
    ...readOptional(raw, 'default_action', (action) => urlAction(action)),
    ...readOptional(raw, 'buttons', requireButtons),
  };
  if (Object.keys(checked).length > 1) return checked;
  throw new BotError(
    'card_incomplete',
    'A card has a title and nothing else, and Meta wants one thing more. Add a subtitle, a picture, a link or a button.',
  );
}
