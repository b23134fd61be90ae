import { BotError } from '../../domain/bot-error.ts';
import { requireObject } from '../check/require.ts';

/** One of Meta's own stickers, by its number. */
export interface StickerMessage {
  readonly sticker_id: number;
}

/** The thumb that stands beside the composer. */
export const THUMBS_UP = 369239263222822;

/**
 * A sticker of Meta's free packs, or the thumbs-up. Only inside the 24-hour window, for people of the business too.
 * Meta, send-messages/sticker-api, 2026-06-03.
 */
export function sticker(id: number = THUMBS_UP): StickerMessage {
  return requireSticker({ sticker_id: id });
}

export function requireSticker(value: unknown): StickerMessage {
  const { sticker_id: id } = requireObject('A sticker', value, ['sticker_id'], 'Use sticker(…)');
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return { sticker_id: id };
  const found = typeof id === 'number' ? String(id) : `a ${typeof id}`;
  throw new BotError('id_invalid', `The id of a sticker is ${found}. Give it the number that Meta's catalogue names.`);
}
