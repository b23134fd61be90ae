import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { idText, textAtPath, valuesAtPath } from '../json.ts';
import type { StoredAttachments } from '../state/stored-attachments.ts';
import { buttonsAt, toButtonView, type ButtonView } from './cards.ts';

/** Content that is drawn in a way of its own, neither as text nor as cards. */
export type Rendering =
  | MediaRendering
  | { readonly kind: 'receipt'; readonly order: JsonObject }
  | CouponRendering
  | SurveyRendering
  | { readonly kind: 'address'; readonly countries: readonly string[] }
  | GridRendering
  | { readonly kind: 'sticker'; readonly id: string; readonly face: string };

/** A file. */
export interface MediaRendering {
  readonly kind: 'media';
  readonly type: string;
  readonly name: string;
  /** Missing when only Meta can show it. */
  readonly url?: string;
}

/** A coupon template. */
export interface CouponRendering {
  readonly kind: 'coupon';
  readonly title: string;
  readonly subtitle: string;
  /** The text above the coupon. */
  readonly before?: string;
  readonly image?: string;
  readonly code?: string;
  readonly shop?: ButtonView;
}

/** A customer feedback template. */
export interface SurveyRendering {
  readonly kind: 'survey';
  readonly title: string;
  readonly subtitle: string;
  readonly button: string;
  readonly question: string;
  /** The scores to tap, and the symbol of each. */
  readonly scores: readonly { readonly score: number; readonly face: string }[];
}

/** An image grid template. */
export interface GridRendering {
  readonly kind: 'grid';
  readonly images: readonly GridTile[];
  readonly title?: string;
  readonly subtitle?: string;
  readonly buttons: readonly ButtonView[];
}

/** An image of a grid. `title` names the tap; only images with a payload have it. */
export interface GridTile {
  readonly url: string;
  readonly isHero: boolean;
  readonly link?: string;
  readonly title?: string;
}

/** The sticker of the thumb beside the composer. */
export const THUMBS_UP_STICKER_ID = '369239263222822';

/** Renders a message; `undefined` for texts and cards. */
export function render(content: unknown, attachments: StoredAttachments): Rendering | undefined {
  if (!isObject(content)) return undefined;
  if (content['sticker_id'] !== undefined) return renderSticker(idText(content['sticker_id']));
  const { attachment } = content;
  if (!isObject(attachment)) return undefined;
  const payload = isObject(attachment['payload']) ? attachment['payload'] : {};
  if (attachment['type'] !== 'template') return renderMedia(idText(attachment['type']), payload, attachments);
  return TEMPLATE_RENDERERS[idText(payload['template_type'])]?.(payload);
}

/** Renders a file from its address, or from the uploaded content. */
export function renderMedia(type: string, source: JsonObject, attachments: StoredAttachments): MediaRendering {
  const id = textAtPath(source, 'attachment_id');
  const uploaded = id === undefined ? undefined : attachments.find(id);
  const url = uploaded?.content ? `attachments/${uploaded.id}` : (uploaded?.url ?? textAtPath(source, 'url'));
  return { kind: 'media', type, name: fileNameOf(url) ?? id ?? type, ...(url !== undefined && { url }) };
}

function fileNameOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '') || undefined;
}

/** Draws the thumb beside the composer, and a substitute for other stickers, whose images only Meta has. */
function renderSticker(id: string): Rendering {
  return { kind: 'sticker', id, face: id === THUMBS_UP_STICKER_ID ? '👍' : '🧸' };
}

const TEMPLATE_RENDERERS: Readonly<Record<string, (payload: JsonObject) => Rendering>> = {
  receipt: (order) => ({ kind: 'receipt', order }),
  coupon: renderCoupon,
  customer_feedback: renderSurvey,
  customer_information: ({ countries }) => ({
    kind: 'address',
    countries: Array.isArray(countries) ? countries.map(idText) : [],
  }),
  image_grid: renderGrid,
};

function renderCoupon(payload: JsonObject): CouponRendering {
  const code = textAtPath(payload, 'coupon_code');
  const before = textAtPath(payload, 'coupon_pre_message');
  const image = textAtPath(payload, 'image_url');
  const url = textAtPath(payload, 'coupon_url');
  return {
    kind: 'coupon',
    title: textAtPath(payload, 'title') ?? '',
    subtitle: textAtPath(payload, 'subtitle') ?? 'Terms may apply.',
    ...(before !== undefined && { before }),
    ...(image !== undefined && { image }),
    ...(code !== undefined && { code }),
    ...(url && { shop: { type: 'web_url', title: textAtPath(payload, 'coupon_url_button_title') ?? 'Shop now', url } }),
  };
}

/** Meta's standard questions, and the scores of each kind. */
const QUESTIONS: Readonly<Record<string, readonly [question: string, from: number, to: number]>> = {
  csat: ['How would you rate your experience?', 1, 5],
  nps: ['How likely are you to recommend us to a friend?', 0, 10],
  ces: ['Overall, how easy was it to solve your problem today?', 1, 7],
  free_form: ['What would you like to tell us?', 0, -1],
};

function renderSurvey(payload: JsonObject): SurveyRendering {
  const question = valuesAtPath(payload, 'feedback_screens.[].questions.[]')[0]?.value;
  const type = textAtPath(question, 'type') ?? '';
  const [standardQuestion, from, to] = QUESTIONS[type] ?? ['', 0, -1];
  const option = textAtPath(question, 'score_option') ?? (type === 'csat' ? 'five_stars' : '');
  const scores = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return {
    kind: 'survey',
    title: textAtPath(payload, 'title') ?? '',
    subtitle: textAtPath(payload, 'subtitle') ?? '',
    button: textAtPath(payload, 'button_title') ?? '',
    question: textAtPath(question, 'title') ?? standardQuestion,
    scores: scores.map((score) => ({ score, face: scoreFace(option, score) })),
  };
}

function scoreFace(option: string, score: number): string {
  if (option === 'five_stars') return '★';
  return option === 'five_emojis' ? (['😠', '🙁', '😐', '🙂', '😍'][score - 1] ?? '') : String(score);
}

function renderGrid(payload: JsonObject): GridRendering {
  const grid = valuesAtPath(payload, 'elements.[]')[0]?.value;
  const title = textAtPath(grid, 'title');
  const subtitle = textAtPath(grid, 'subtitle');
  return {
    kind: 'grid',
    images: valuesAtPath(grid, 'images.[]').map(({ value }, index) => tileOf(value, index)),
    ...(title !== undefined && { title }),
    ...(subtitle !== undefined && { subtitle }),
    buttons: buttonsAt(grid, 'buttons.[]').map(toButtonView),
  };
}

function tileOf(image: unknown, index: number): GridTile {
  const link = textAtPath(image, 'action.url');
  const hasPayload = textAtPath(image, 'action.payload') !== undefined;
  return {
    url: textAtPath(image, 'url') ?? '',
    isHero: valuesAtPath(image, 'is_hero_image')[0]?.value === true,
    ...(link !== undefined && { link }),
    ...(hasPayload && { title: tileTitle(index) }),
  };
}

/** The title of a tap on an image of a grid. */
export function tileTitle(index: number): string {
  return `Picture ${index + 1}`;
}
