import { hasText, isRecord, valuesAt } from './json.ts';

/** A template as it is drawn. */
export interface Card {
  readonly title: string;
  readonly subtitle?: string;
  readonly buttons: readonly { readonly type: string; readonly title: string; readonly url?: string }[];
}

/** A button as the Send API took it. */
export type ButtonParts = Readonly<Partial<Record<'type' | 'title' | 'payload' | 'url', string>>>;

/** Every button on a message. Takes any JSON: what was refused is drawn as well. */
export function buttonsOf(content: unknown): ButtonParts[] {
  const paths = ['attachment.payload.buttons.[]', 'attachment.payload.elements.[].buttons.[]'];
  return paths.flatMap((path) => buttonsAt(content, path));
}

export function cardsOf(content: unknown): Card[] {
  const title = textAt(content, 'attachment.payload.text');
  if (title !== undefined) return [{ title, buttons: buttonsAt(content, 'attachment.payload.buttons.[]').map(shown) }];
  return valuesAt(content, 'attachment.payload.elements.[]').flatMap(({ value }) => {
    const subtitle = textAt(value, 'subtitle');
    const buttons = buttonsAt(value, 'buttons.[]').map(shown);
    return [{ title: textAt(value, 'title') ?? '', ...(subtitle !== undefined && { subtitle }), buttons }];
  });
}

/** What a bubble says, when it is not a card. */
export function textOf(content: unknown): string | undefined {
  const template = textAt(content, 'template.name');
  return textAt(content, 'text') ?? (template && `Utility template "${template}"`) ?? mediaWords(content);
}

/** A message in one line. */
export function wordsOf(content: unknown): string {
  return textOf(content) ?? cardsOf(content)[0]?.title ?? '';
}

function mediaWords(content: unknown): string | undefined {
  const type = textAt(content, 'attachment.type');
  if (type === undefined || type === 'template') return undefined;
  const what = textAt(content, 'attachment.payload.url') ?? textAt(content, 'attachment.payload.attachment_id');
  return `[${type}] ${what ?? ''}`;
}

function textAt(value: unknown, path: string): string | undefined {
  const found = valuesAt(value, path)[0]?.value;
  return hasText(found) ? found : undefined;
}

function buttonsAt(value: unknown, path: string): ButtonParts[] {
  return valuesAt(value, path).flatMap((place) => (isRecord(place.value) ? [place.value as ButtonParts] : []));
}

function shown({ type = '', title, url }: ButtonParts): Card['buttons'][number] {
  return {
    type,
    title: title ?? (type === 'account_unlink' ? 'Log out' : 'Log in'),
    ...(url !== undefined && { url }),
  };
}
