import { BotError } from '../../domain/bot-error.ts';
import { isObject } from '../check/json.ts';
import {
  requireObject,
  requireBoolean,
  requireList,
  requireText,
  requireUrl,
  invalidMessage,
  readOptional,
} from '../check/require.ts';
import {
  requireButtons,
  requirePayload,
  urlAction,
  type PostbackButton,
  type UrlAction,
  type UrlButton,
} from '../outbound/button.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

export interface ImageGridTemplate {
  readonly template_type: 'image_grid';
  readonly elements: readonly ImageGrid[];
}

interface ImageGrid {
  readonly images: readonly GridImage[];
  readonly title?: string;
  readonly subtitle?: string;
  readonly buttons?: readonly (UrlButton | PostbackButton)[];
}

interface GridImage {
  readonly url: string;
  readonly is_hero_image?: boolean;
  readonly action?: UrlAction | { readonly type: 'postback'; readonly payload: string };
}

export interface ImageGridOptions {
  readonly images: readonly GridPicture[];
  /** At most 45 characters. */
  readonly title?: string;
  /** At most 80 characters. */
  readonly subtitle?: string;
  /** Up to three that open a page or answer the bot. */
  readonly buttons?: readonly (UrlButton | PostbackButton)[];
}

/** One picture; a tap on it opens `link` or answers the bot with `payload`, never both. */
export interface GridPicture {
  readonly url: string;
  /** Shown larger; one picture of a grid at most. */
  readonly isHero?: boolean;
  readonly link?: string;
  readonly payload?: string;
}

/**
 * Two to six pictures in one bubble, with a title, a subtitle and buttons under them. Meta,
 * send-messages/templates/image-grid-template, 2026-06-30.
 */
export function imageGrid({ images, ...rest }: ImageGridOptions): TemplateMessage<ImageGridTemplate> {
  const pictures = images.map(({ url, isHero, link, payload }) => {
    const opens = link === undefined ? undefined : { type: 'web_url', url: link };
    const answers = payload === undefined ? undefined : { type: 'postback', payload };
    if (opens && answers) throw invalidMessage('A picture of a grid has a link and a payload', 'Leave one out');
    return { url, is_hero_image: isHero, action: opens ?? answers };
  });
  const elements = [{ images: pictures, ...rest }];
  return templateMessage(requireImageGrid({ template_type: 'image_grid', elements }));
}

export function requireImageGrid(value: unknown): ImageGridTemplate {
  const template = requireObject('An image grid', value, ['template_type', 'elements'], GRID_CURE);
  const elements = requireList('The elements of an image grid', template['elements'], 1, 1).map(requireGrid);
  return { template_type: 'image_grid', elements };
}

const GRID_CURE = 'Use imageGrid(…)';

function requireGrid(value: unknown): ImageGrid {
  const grid = requireObject('An image grid', value, ['images', 'title', 'subtitle', 'buttons'], GRID_CURE);
  const images = requireList('The pictures of a grid', grid['images'], LIMITS.minGridImages, LIMITS.gridImages);
  return {
    images: withOneHero(images.map(requireImage)),
    ...readOptional(grid, 'title', (text) => requireText('The title of a grid', text, LIMITS.gridTitleChars)),
    ...readOptional(grid, 'subtitle', (text) => requireText('The subtitle of a grid', text, LIMITS.gridSubtitleChars)),
    ...readOptional(grid, 'buttons', requireGridButtons),
  };
}

function requireImage(value: unknown): GridImage {
  const picture = requireObject('A picture of a grid', value, ['url', 'is_hero_image', 'action'], GRID_CURE);
  return {
    url: requireUrl('A picture of a grid', picture['url']),
    ...readOptional(picture, 'is_hero_image', (flag) => requireBoolean('is_hero_image', flag)),
    ...readOptional(picture, 'action', requireAction),
  };
}

function requireAction(value: unknown): NonNullable<GridImage['action']> {
  if (!isObject(value) || value['type'] !== 'postback') return urlAction(value);
  const action = requireObject('What a tap on a picture does', value, ['type', 'payload'], GRID_CURE);
  return { type: 'postback', payload: requirePayload(action['payload']) };
}

function withOneHero(images: readonly GridImage[]): readonly GridImage[] {
  const heroes = images.filter((image) => image.is_hero_image === true).length;
  if (heroes <= LIMITS.gridHeroImages) return images;
  throw new BotError(
    'too_many_hero_images',
    `The grid has ${heroes} hero images and Meta takes ${LIMITS.gridHeroImages}. Make the others ordinary.`,
  );
}

function requireGridButtons(value: unknown): readonly (UrlButton | PostbackButton)[] {
  return requireButtons(value).map((button) => {
    if (button.type === 'web_url' || button.type === 'postback') return button;
    throw invalidMessage(`A grid has a button of type ${button.type}`, 'Use urlButton(…) or postbackButton(…) there');
  });
}
