import { isObject } from '../../messenger/check/json.ts';
import { idText, textAtPath, valuesAtPath } from '../json.ts';
import type { StoredAttachments } from '../state/stored-attachments.ts';

/** A template as the page draws it; a template may have several cards side by side. */
export interface CardView {
  /** Empty on an image with buttons only. */
  readonly title: string;
  readonly subtitle?: string;
  readonly media?: { readonly type: 'image' | 'video'; readonly url?: string };
  /** The address that a tap on the card opens. */
  readonly link?: string;
  readonly buttons: readonly ButtonView[];
}

/** A button as the page draws it. */
export interface ButtonView {
  readonly type: string;
  readonly title: string;
  readonly url?: string;
}

/** A button as the Send API accepted it. */
export type SentButton = Readonly<Partial<Record<'type' | 'title' | 'payload' | 'url', string>>>;

/** Every button of a message. Reads any JSON: refused messages are drawn as well. */
export function buttonsOf(content: unknown): SentButton[] {
  const paths = ['attachment.payload.buttons.[]', 'attachment.payload.elements.[].buttons.[]', 'filled.buttons.[]'];
  return paths.flatMap((path) => buttonsAt(content, path));
}

/** The cards of a message; none for other content. */
export function cardsOf(content: unknown, attachments: Pick<StoredAttachments, 'find'>): CardView[] {
  const filled = textAtPath(content, 'filled.text');
  if (filled !== undefined && buttonsOf(content).length > 0)
    return [{ title: filled, buttons: buttonsOf(content).map(toButtonView) }];
  const payload = valuesAtPath(content, 'attachment.payload')[0]?.value;
  const elements = valuesAtPath(payload, 'elements.[]').map(({ value }) => value);
  switch (textAtPath(payload, 'template_type')) {
    case 'button':
      return [
        { title: textAtPath(payload, 'text') ?? '', buttons: buttonsAt(payload, 'buttons.[]').map(toButtonView) },
      ];
    case 'generic':
      return elements.map(toGenericCard);
    case 'media':
      return elements.map((element) => toMediaCard(element, attachments));
    case 'product':
      return elements.map((element) => toProductCard(element));
    default:
      return [];
  }
}

function toGenericCard(element: unknown): CardView {
  const subtitle = textAtPath(element, 'subtitle');
  const image = textAtPath(element, 'image_url');
  const link = textAtPath(element, 'default_action.url');
  return {
    title: textAtPath(element, 'title') ?? '',
    ...(subtitle !== undefined && { subtitle }),
    ...(image !== undefined && { media: { type: 'image', url: image } }),
    ...(link !== undefined && { link }),
    buttons: buttonsAt(element, 'buttons.[]').map(toButtonView),
  };
}

/** A file on Facebook has no address here: only Meta can show it. */
function toMediaCard(element: unknown, attachments: Pick<StoredAttachments, 'find'>): CardView {
  const type = textAtPath(element, 'media_type') === 'video' ? 'video' : 'image';
  const uploaded = attachments.find(textAtPath(element, 'attachment_id') ?? '');
  const url = uploaded?.content ? `attachments/${uploaded.id}` : uploaded?.url;
  return {
    title: '',
    media: { type, ...(url !== undefined && { url }) },
    buttons: buttonsAt(element, 'buttons.[]').map(toButtonView),
  };
}

/** Name, price and image are in the Page's catalogue, which is not simulated. */
function toProductCard(element: unknown): CardView {
  const id = isObject(element) ? idText(element['id']) : '';
  return { title: `Product ${id}`, subtitle: 'From the catalogue', media: { type: 'image' }, buttons: [] };
}

/** The text of a bubble; missing for cards and other renderings. */
export function bubbleText(content: unknown): string | undefined {
  const filled = buttonsOf(content).length > 0 ? undefined : textAtPath(content, 'filled.text');
  return textAtPath(content, 'text') ?? filled;
}

/** A message in one line, for the list of people and the timeline. */
export function summarize(content: unknown): string {
  const template = textAtPath(content, 'template.name');
  return (
    textAtPath(content, 'text') ??
    textAtPath(content, 'filled.text') ??
    (template && `Utility template "${template}"`) ??
    summarizeAttachment(content) ??
    (isObject(content) && content['sticker_id'] !== undefined ? '[sticker]' : '')
  );
}

function summarizeAttachment(content: unknown): string | undefined {
  const payload = valuesAtPath(content, 'attachment.payload')[0]?.value;
  const text = textAtPath(payload, 'text') ?? textAtPath(payload, 'title') ?? textAtPath(payload, 'elements.[].title');
  const kind = textAtPath(payload, 'template_type') ?? textAtPath(content, 'attachment.type');
  if (text !== undefined || kind === undefined) return text;
  const what =
    textAtPath(payload, 'url') ?? textAtPath(payload, 'attachment_id') ?? textAtPath(payload, 'order_number');
  return [`[${kind.replace('_', ' ')}]`, what].filter(Boolean).join(' ');
}

/** The buttons at a path. */
export function buttonsAt(value: unknown, path: string): SentButton[] {
  return valuesAtPath(value, path).flatMap((place) => (isObject(place.value) ? [place.value as SentButton] : []));
}

/** Draws a button; login buttons get Meta's titles. */
export function toButtonView({ type = '', title, url }: SentButton): ButtonView {
  return {
    type,
    title: title ?? (type === 'account_unlink' ? 'Log out' : 'Log in'),
    ...(url !== undefined && { url }),
  };
}

/**
 * What `heard` of the test API says of a message: its text, or its cards as JSON. `undefined` where that depends on more than
 * the message: a template that Meta approved, a file that was uploaded.
 */
export function heardWords(content: unknown): string | undefined {
  if (textAtPath(content, 'template.name') !== undefined) return undefined;
  if (textAtPath(content, 'attachment.payload.elements.[].attachment_id') !== undefined) return undefined;
  return heardOf(bubbleText(content), cardsOf(content, { find: () => undefined }));
}

/** The text of a bubble, or its cards as JSON. */
export function heardOf(text: string | undefined, cards: readonly CardView[]): string {
  return text ?? JSON.stringify(cards);
}
