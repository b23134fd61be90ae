import { BotError } from '../../domain/bot-error.ts';
import { requireObject, requireText, requireUrl, readOptional } from '../check/require.ts';
import { requirePayload } from '../outbound/button.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

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

export interface CouponOptions {
  /** At most 80 characters. */
  readonly title: string;
  /** At most 80 characters; Meta writes "Terms may apply." when it is left out. */
  readonly subtitle?: string;
  /** What a tap on "Reveal code" shows; no spaces. */
  readonly code?: string;
  /** Where the second button leads. */
  readonly url?: string;
  /** What stands on the second button; Meta writes "Shop now" when it is left out. */
  readonly urlTitle?: string;
  /** A bubble before the coupon. */
  readonly before?: string;
  readonly image?: string;
  readonly payload?: string;
}

/**
 * A coupon with a button that reveals its code, one that leads to the shop, or both; a `code` or a `url` it must have.
 * Promotion, so inside the 24-hour window only. Meta, send-messages/template/coupon, 2026-03-17.
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

export function requireCoupon(value: unknown): CouponTemplate {
  const keys =
    'template_type title subtitle coupon_code coupon_url coupon_url_button_title coupon_pre_message image_url payload';
  const raw = requireObject('A coupon', value, keys.split(' '), 'Use coupon(…)');
  const checked: CouponTemplate = {
    template_type: 'coupon',
    title: requireText('The title of a coupon', raw['title'], LIMITS.couponTitleChars),
    ...readOptional(raw, 'subtitle', (text) =>
      requireText('The subtitle of a coupon', text, LIMITS.couponSubtitleChars),
    ),
    ...readOptional(raw, 'coupon_code', requireCode),
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
  if (checked.coupon_code !== undefined || checked.coupon_url !== undefined) return checked;
  throw new BotError('coupon_incomplete', 'A coupon has neither a code nor a url, and Meta wants one. Give it a code.');
}

function requireCode(value: unknown): string {
  const code = requireText('The code of a coupon', value);
  if (!/\s/.test(code)) return code;
  throw new BotError('coupon_code_invalid', `The coupon code "${code}" has a space, which Meta refuses. Leave it out.`);
}
