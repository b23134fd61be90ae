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
  requireUrlAction,
  type PostbackButton,
  type UrlAction,
  type UrlButton,
} from '../outbound/button.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

/** A grid of pictures, in Meta's words. */
export interface ImageGridTemplate {
  readonly template_type: 'image_grid';
  readonly elements: readonly GridElement[];
}

interface GridElement {
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

/** The options of {@link imageGrid}. */
export interface ImageGridOptions {
  /** Two to six. */
  readonly images: readonly GridPicture[];
  /** 1 to 45 characters. */
  readonly title?: string;
  /** 1 to 80 characters. */
  readonly subtitle?: string;
  /** One to three URL or postback buttons. */
  readonly buttons?: readonly (UrlButton | PostbackButton)[];
}

/** One picture. A tap on it opens `link` or sends the bot a postback with `payload`; not both. */
export interface GridPicture {
  /** An http or https URL. */
  readonly url: string;
  /** Shown larger; at most one picture of a grid. */
  readonly isHero?: boolean;
  /** An http or https URL. */
  readonly link?: string;
  /** 1 to 1,000 characters. */
  readonly payload?: string;
}

/**
 * Two to six pictures in one message, with a title, a subtitle and buttons under them. Meta,
 * send-messages/templates/image-grid-template, 2026-06-30.
 *
 * @throws BotError `wrong_number_of_items`, `too_many_hero_images`, `wrong_number_of_buttons`, `text_empty`,
 *   `text_too_long`, `url_invalid` or `message_invalid`.
 */
export function imageGrid({ images, ...rest }: ImageGridOptions): TemplateMessage<ImageGridTemplate> {
  const pictures = images.map(({ url, isHero, link, payload }) => {
    const urlAction = link === undefined ? undefined : { type: 'web_url', url: link };
    const postback = payload === undefined ? undefined : { type: 'postback', payload };
    if (urlAction && postback) throw invalidMessage('A picture of a grid has a link and a payload', 'Leave one out');
    return { url, is_hero_image: isHero, action: urlAction ?? postback };
  });
  const elements = [{ images: pictures, ...rest }];
  return templateMessage(requireImageGrid({ template_type: 'image_grid', elements }));
}

/** The payload of a grid, whether built or written by hand. */
export function requireImageGrid(value: unknown): ImageGridTemplate {
  const template = requireObject('An image grid', value, ['template_type', 'elements'], GRID_CURE);
  const elements = requireList('The elements of an image grid', template['elements'], 1, 1).map(requireGrid);
  return { template_type: 'image_grid', elements };
}

const GRID_CURE = 'Use imageGrid(…)';

function requireGrid(value: unknown): GridElement {
  const grid = requireObject('An image grid', value, ['images', 'title', 'subtitle', 'buttons'], GRID_CURE);
  const images = requireList('The pictures of a grid', grid['images'], LIMITS.minGridImages, LIMITS.gridImages);
  return {
    images: requireOneHero(images.map(requireImage)),
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
  if (!isObject(value) || value['type'] !== 'postback') return requireUrlAction(value);
  const action = requireObject('What a tap on a picture does', value, ['type', 'payload'], GRID_CURE);
  return { type: 'postback', payload: requirePayload(action['payload']) };
}

function requireOneHero(images: readonly GridImage[]): readonly GridImage[] {
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
