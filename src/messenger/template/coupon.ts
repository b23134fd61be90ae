import { BotError } from '../../domain/bot-error.ts';
import { requireObject, requireText, requireUrl, readOptional } from '../check/require.ts';
import { requirePayload } from '../outbound/button.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

/** A coupon, in Meta's words. */
export interface CouponTemplate {
  readonly template_type: 'coupon';
  readonly title: string;
  readonly subtitle?: string;
  readonly coupon_code?: string;
  readonly coupon_url?: string;
  readonly coupon_url_button_title?: string;
  readonly coupon_pre_message?: string;
  readonly image_url?: string;
  /** Comes back in the webhook when the person reveals the code. */
  readonly payload?: string;
}

/** The options of {@link coupon}; at least one of `code` and `url`. */
export interface CouponOptions {
  /** 1 to 80 characters. */
  readonly title: string;
  /** 1 to 80 characters. Default: Meta's "Terms may apply." */
  readonly subtitle?: string;
  /** The code that a tap on "Reveal code" shows; no spaces. */
  readonly code?: string;
  /** The web page that the second button opens. */
  readonly url?: string;
  /** Title of the second button, 1 to 20 characters. Default: Meta's "Shop now". */
  readonly urlTitle?: string;
  /** A text sent before the coupon, 1 to 1,999 characters. */
  readonly before?: string;
  /** URL of a picture. */
  readonly image?: string;
  /** 1 to 1,000 characters; comes back in the event `coupon` when the person reveals the code. */
  readonly payload?: string;
}

/**
 * A coupon with a button that reveals its code, one that opens the shop, or both. It is promotion, so inside the 24-hour
 * window only. Meta, send-messages/template/coupon, 2026-03-17.
 *
 * @throws BotError `coupon_incomplete`, `coupon_code_invalid`, `text_empty`, `text_too_long`, `url_invalid` or
 *   `message_invalid`.
 */
export function coupon(options: CouponOptions): TemplateMessage<CouponTemplate> {
  const { title, subtitle, code, url, urlTitle, before, image, payload } = options;
  return templateMessage(
    requireCoupon({
      template_type: 'coupon',
      title,
      subtitle,
      coupon_code: code,
      coupon_url: url,
      coupon_url_button_title: urlTitle,
      coupon_pre_message: before,
      image_url: image,
      payload,
    }),
  );
}

/** The payload of a coupon, whether built or written by hand. */
export function requireCoupon(value: unknown): CouponTemplate {
  const keys =
    'template_type title subtitle coupon_code coupon_url coupon_url_button_title coupon_pre_message image_url payload';
  const raw = requireObject('A coupon', value, keys.split(' '), 'Use coupon(…)');
  const result: CouponTemplate = {
    template_type: 'coupon',
    title: requireText('The title of a coupon', raw['title'], LIMITS.couponTitleChars),
    ...readOptional(raw, 'subtitle', (text) =>
      requireText('The subtitle of a coupon', text, LIMITS.couponSubtitleChars),
    ),
    ...readOptional(raw, 'coupon_code', requireCouponCode),
    ...readOptional(raw, 'coupon_url', (url) => requireUrl("A coupon's address", url)),
    ...readOptional(raw, 'coupon_url_button_title', (text) =>
      requireText("A coupon's second button", text, LIMITS.buttonTitleChars),
    ),
    ...readOptional(raw, 'coupon_pre_message', (text) =>
      requireText('The text before a coupon', text, LIMITS.textChars),
    ),
    ...readOptional(raw, 'image_url', (url) => requireUrl("A coupon's picture", url)),
    ...readOptional(raw, 'payload', requirePayload),
  };
  if (result.coupon_code !== undefined || result.coupon_url !== undefined) return result;
  throw new BotError('coupon_incomplete', 'A coupon has neither a code nor a url, and Meta wants one. Give it a code.');
}

function requireCouponCode(value: unknown): string {
  const code = requireText('The code of a coupon', value);
  if (!/\s/.test(code)) return code;
  throw new BotError('coupon_code_invalid', `The coupon code "${code}" has a space, which Meta refuses. Leave it out.`);
}
