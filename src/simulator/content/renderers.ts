import { idText, isRecord, textAt, valuesAt, type JsonRecord } from '../json.ts';
import type { Attachments } from '../state/attachments.ts';
import { buttonsAt, shownButton, type ShownButton } from './cards.ts';

/** What is drawn in a way of its own: neither a text nor a card. */
export type Figure =
  | MediaFigure
  | { readonly kind: 'receipt'; readonly order: JsonRecord }
  | CouponFigure
  | SurveyFigure
  | { readonly kind: 'address'; readonly countries: readonly string[] }
  | GridFigure
  | { readonly kind: 'sticker'; readonly id: string; readonly face: string };

export interface MediaFigure {
  readonly kind: 'media';
  readonly type: string;
  readonly name: string;
  /** Missing when only Meta could show it. */
  readonly url?: string;
}

export interface CouponFigure {
  readonly kind: 'coupon';
  readonly title: string;
  readonly subtitle: string;
  readonly before?: string;
  readonly image?: string;
  readonly code?: string;
  readonly shop?: ShownButton;
}

export interface SurveyFigure {
  readonly kind: 'survey';
  readonly title: string;
  readonly subtitle: string;
  readonly button: string;
  readonly question: string;
  /** What can be tapped: the score and how it looks. */
  readonly scores: readonly { readonly score: number; readonly face: string }[];
}

export interface GridFigure {
  readonly kind: 'grid';
  readonly images: readonly GridTile[];
  readonly title?: string;
  readonly subtitle?: string;
  readonly buttons: readonly ShownButton[];
}

/** `title` is what a tap on it is called; only one that answers the bot has it. */
export interface GridTile {
  readonly url: string;
  readonly isHero: boolean;
  readonly link?: string;
  readonly title?: string;
}

const THUMBS_UP = '369239263222822';

export function figureOf(content: unknown, attachments: Attachments): Figure | undefined {
  if (!isRecord(content)) return undefined;
  if (content['sticker_id'] !== undefined) return stickerFigure(idText(content['sticker_id']));
  const { attachment } = content;
  if (!isRecord(attachment)) return undefined;
  const payload = isRecord(attachment['payload']) ? attachment['payload'] : {};
  if (attachment['type'] !== 'template') return mediaFigure(idText(attachment['type']), payload, attachments);
  return FIGURES[idText(payload['template_type'])]?.(payload);
}

/** A file, wherever it is: at its address, or with us because it was uploaded. */
export function mediaFigure(type: string, source: JsonRecord, attachments: Attachments): MediaFigure {
  const id = textAt(source, 'attachment_id');
  const uploaded = id === undefined ? undefined : attachments.find(id);
  const url = uploaded?.content ? `attachments/${uploaded.id}` : (uploaded?.url ?? textAt(source, 'url'));
  return { kind: 'media', type, name: nameOf(url) ?? id ?? type, ...(url !== undefined && { url }) };
}

function nameOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '') || undefined;
}

/** The thumb beside the composer; how every other sticker looks is known to Meta alone. */
function stickerFigure(id: string): Figure {
  return { kind: 'sticker', id, face: id === THUMBS_UP ? '👍' : '🧸' };
}

const FIGURES: Readonly<Record<string, (payload: JsonRecord) => Figure>> = {
  receipt: (order) => ({ kind: 'receipt', order }),
  coupon: couponFigure,
  customer_feedback: surveyFigure,
  customer_information: ({ countries }) => ({
    kind: 'address',
    countries: Array.isArray(countries) ? countries.map(idText) : [],
  }),
  image_grid: gridFigure,
};

function couponFigure(payload: JsonRecord): CouponFigure {
  const code = textAt(payload, 'coupon_code');
  const before = textAt(payload, 'coupon_pre_message');
  const image = textAt(payload, 'image_url');
  const url = textAt(payload, 'coupon_url');
  return {
    kind: 'coupon',
    title: textAt(payload, 'title') ?? '',
    subtitle: textAt(payload, 'subtitle') ?? 'Terms may apply.',
    ...(before !== undefined && { before }),
    ...(image !== undefined && { image }),
    ...(code !== undefined && { code }),
    ...(url && { shop: { type: 'web_url', title: textAt(payload, 'coupon_url_button_title') ?? 'Shop now', url } }),
  };
}

/** Meta's own questions, and the scores each kind has. */
const QUESTIONS: Readonly<Record<string, readonly [question: string, from: number, to: number]>> = {
  csat: ['How would you rate your experience?', 1, 5],
  nps: ['How likely are you to recommend us to a friend?', 0, 10],
  ces: ['Overall, how easy was it to solve your problem today?', 1, 7],
  free_form: ['What would you like to tell us?', 0, -1],
};

function surveyFigure(payload: JsonRecord): SurveyFigure {
  const asked = valuesAt(payload, 'feedback_screens.[].questions.[]')[0]?.value;
  const type = textAt(asked, 'type') ?? '';
  const [question, from, to] = QUESTIONS[type] ?? ['', 0, -1];
  const option = textAt(asked, 'score_option') ?? (type === 'csat' ? 'five_stars' : '');
  const scores = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return {
    kind: 'survey',
    title: textAt(payload, 'title') ?? '',
    subtitle: textAt(payload, 'subtitle') ?? '',
    button: textAt(payload, 'button_title') ?? '',
    question: textAt(asked, 'title') ?? question,
    scores: scores.map((score) => ({ score, face: faceOf(option, score) })),
  };
}

function faceOf(option: string, score: number): string {
  if (option === 'five_stars') return '★';
  return option === 'five_emojis' ? (['😠', '🙁', '😐', '🙂', '😍'][score - 1] ?? '') : String(score);
}

function gridFigure(payload: JsonRecord): GridFigure {
  const grid = valuesAt(payload, 'elements.[]')[0]?.value;
  const title = textAt(grid, 'title');
  const subtitle = textAt(grid, 'subtitle');
  return {
    kind: 'grid',
    images: valuesAt(grid, 'images.[]').map(({ value }, index) => tileOf(value, index)),
    ...(title !== undefined && { title }),
    ...(subtitle !== undefined && { subtitle }),
    buttons: buttonsAt(grid, 'buttons.[]').map(shownButton),
  };
}

function tileOf(image: unknown, index: number): GridTile {
  const link = textAt(image, 'action.url');
  const answers = textAt(image, 'action.payload') !== undefined;
  return {
    url: textAt(image, 'url') ?? '',
    isHero: valuesAt(image, 'is_hero_image')[0]?.value === true,
    ...(link !== undefined && { link }),
    ...(answers && { title: tileTitle(index) }),
  };
}

/** What a tap on a picture of a grid is called. */
export function tileTitle(index: number): string {
  return `Picture ${index + 1}`;
}
