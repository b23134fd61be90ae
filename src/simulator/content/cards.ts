import { idText, isRecord, textAt, valuesAt } from '../json.ts';
import type { Attachments } from '../state/attachments.ts';

/** A template as it is drawn: one of it, or several side by side. */
export interface Card {
  /** Empty on a picture that has buttons only. */
  readonly title: string;
  readonly subtitle?: string;
  readonly media?: { readonly type: 'image' | 'video'; readonly url?: string };
  /** What a tap on the card opens. */
  readonly link?: string;
  readonly buttons: readonly ShownButton[];
}

export interface ShownButton {
  readonly type: string;
  readonly title: string;
  readonly url?: string;
}

/** A button as the Send API took it. */
export type ButtonParts = Readonly<Partial<Record<'type' | 'title' | 'payload' | 'url', string>>>;

/** Every button on a message. Takes any JSON: what was refused is drawn as well. */
export function buttonsOf(content: unknown): ButtonParts[] {
  const paths = ['attachment.payload.buttons.[]', 'attachment.payload.elements.[].buttons.[]', 'filled.buttons.[]'];
  return paths.flatMap((path) => buttonsAt(content, path));
}

export function cardsOf(content: unknown, attachments: Attachments): Card[] {
  const filled = textAt(content, 'filled.text');
  if (filled !== undefined && buttonsOf(content).length > 0)
    return [{ title: filled, buttons: buttonsOf(content).map(shownButton) }];
  const payload = valuesAt(content, 'attachment.payload')[0]?.value;
  const elements = valuesAt(payload, 'elements.[]').map(({ value }) => value);
  switch (textAt(payload, 'template_type')) {
    case 'button':
      return [{ title: textAt(payload, 'text') ?? '', buttons: buttonsAt(payload, 'buttons.[]').map(shownButton) }];
    case 'generic':
      return elements.map(genericCard);
    case 'media':
      return elements.map((element) => mediaCard(element, attachments));
    case 'product':
      return elements.map((element) => productCard(element));
    default:
      return [];
  }
}

function genericCard(element: unknown): Card {
  const subtitle = textAt(element, 'subtitle');
  const image = textAt(element, 'image_url');
  const link = textAt(element, 'default_action.url');
  return {
    title: textAt(element, 'title') ?? '',
    ...(subtitle !== undefined && { subtitle }),
    ...(image !== undefined && { media: { type: 'image', url: image } }),
    ...(link !== undefined && { link }),
    buttons: buttonsAt(element, 'buttons.[]').map(shownButton),
  };
}

/** What stands on Facebook only Meta can show. */
function mediaCard(element: unknown, attachments: Attachments): Card {
  const type = textAt(element, 'media_type') === 'video' ? 'video' : 'image';
  const uploaded = attachments.find(textAt(element, 'attachment_id') ?? '');
  const url = uploaded?.content ? `attachments/${uploaded.id}` : uploaded?.url;
  return {
    title: '',
    media: { type, ...(url !== undefined && { url }) },
    buttons: buttonsAt(element, 'buttons.[]').map(shownButton),
  };
}

/** Name, price and picture are in the Page's catalogue, which nobody has here. */
function productCard(element: unknown): Card {
  const id = isRecord(element) ? idText(element['id']) : '';
  return { title: `Product ${id}`, subtitle: 'From the catalogue', media: { type: 'image' }, buttons: [] };
}

/** What a bubble says, when it is neither a card nor a figure. */
export function textOf(content: unknown): string | undefined {
  const filled = buttonsOf(content).length > 0 ? undefined : textAt(content, 'filled.text');
  return textAt(content, 'text') ?? filled;
}

/** A message in one line, for the list of people and of what happened. */
export function wordsOf(content: unknown): string {
  const template = textAt(content, 'template.name');
  return (
    textAt(content, 'text') ??
    textAt(content, 'filled.text') ??
    (template && `Utility template "${template}"`) ??
    wordsOfAttachment(content) ??
    (isRecord(content) && content['sticker_id'] !== undefined ? '[sticker]' : '')
  );
}

function wordsOfAttachment(content: unknown): string | undefined {
  const payload = valuesAt(content, 'attachment.payload')[0]?.value;
  const words = textAt(payload, 'text') ?? textAt(payload, 'title') ?? textAt(payload, 'elements.[].title');
  const kind = textAt(payload, 'template_type') ?? textAt(content, 'attachment.type');
  if (words !== undefined || kind === undefined) return words;
  const what = textAt(payload, 'url') ?? textAt(payload, 'attachment_id') ?? textAt(payload, 'order_number');
  return [`[${kind.replace('_', ' ')}]`, what].filter(Boolean).join(' ');
}

export function buttonsAt(value: unknown, path: string): ButtonParts[] {
  return valuesAt(value, path).flatMap((place) => (isRecord(place.value) ? [place.value as ButtonParts] : []));
}

export function shownButton({ type = '', title, url }: ButtonParts): ShownButton {
  return {
    type,
    title: title ?? (type === 'account_unlink' ? 'Log out' : 'Log in'),
    ...(url !== undefined && { url }),
  };
}
