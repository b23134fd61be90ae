import { BotError } from '../../domain/bot-error.ts';
import { checkedFields, checkedFlag, checkedList, checkedText, checkedUrl, optional } from '../check/checked.ts';
import { checkedButtons, urlAction, type Button, type UrlAction } from '../outbound/button.ts';
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
  return checkedCard({ title, subtitle, image_url: image, default_action: action, buttons });
}

/**
 * One card, or up to 10 side by side to swipe through. `isSharable` lets people pass it on to friends. Meta,
 * send-messages/template/generic, read 2026-10-06.
 */
export function carousel(
  cards: readonly Card[],
  { isSharable }: { readonly isSharable?: boolean } = {},
): TemplateMessage<GenericTemplate> {
  return templateMessage(checkedGeneric({ template_type: 'generic', elements: cards, sharable: isSharable }));
}

export function checkedGeneric(value: unknown): GenericTemplate {
  const template = checkedFields('A carousel', value, ['template_type', 'elements', 'sharable'], 'Use carousel(…)');
  return {
    template_type: 'generic',
    elements: checkedList('The cards of a carousel', template['elements'], 1, LIMITS.cards).map(checkedCard),
    ...optional(template, 'sharable', (flag) => checkedFlag('sharable', flag)),
  };
}

function checkedCard(value: unknown): Card {
  const keys = ['title', 'subtitle', 'image_url', 'default_action', 'buttons'];
  const raw = checkedFields('A card', value, keys, 'Use card(…)');
  const checked = {
    title: checkedText('The title of a card', raw['title'], LIMITS.cardTitle),
    ...optional(raw, 'subtitle', (text) => checkedText('The subtitle of a card', text, LIMITS.cardSubtitle)),
    ...optional(raw, 'image_url', (url) => checkedUrl("A card's picture", url)),
    ...optional(raw, 'default_action', (action) => urlAction(action)),
    ...optional(raw, 'buttons', checkedButtons),
  };
  if (Object.keys(checked).length > 1) return checked;
  throw new BotError(
    'card_incomplete',
    'A card has a title and nothing else, and Meta wants one thing more. Add a subtitle, a picture, a link or a button.',
  );
}
