import { BotError } from '../../domain/bot-error.ts';
import { requireObject } from '../check/require.ts';

/** One of Meta's stickers, by its id. */
export interface StickerMessage {
  readonly sticker_id: number;
}

/** The id of the thumbs-up beside the text field. */
export const THUMBS_UP = 369239263222822;

/**
 * A sticker of Meta's free packs. Only inside the 24-hour window, also for operators. Meta, send-messages/sticker-api,
 * 2026-06-03.
 *
 * @param id The sticker's number in Meta's catalogue. Default: the thumbs-up.
 * @throws BotError `id_invalid` or `message_invalid`.
 */
export function sticker(id: number = THUMBS_UP): StickerMessage {
  return requireSticker({ sticker_id: id });
}

/** A sticker message, whether built or written by hand. */
export function requireSticker(value: unknown): StickerMessage {
  const { sticker_id: id } = requireObject('A sticker', value, ['sticker_id'], 'Use sticker(…)');
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return { sticker_id: id };
  const found = typeof id === 'number' ? String(id) : `a ${typeof id}`;
  throw new BotError('id_invalid', `The id of a sticker is ${found}. Give it the number that Meta's catalogue names.`);
}
