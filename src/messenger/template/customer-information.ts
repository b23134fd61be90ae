import { requireObject, requireList, requireText, requireWholeNumber, readOptional } from '../check/require.ts';
import { LIMITS } from '../outbound/limits.ts';
import { requirePrivacy } from './customer-feedback.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

/** An address form, in Meta's words. */
export interface CustomerInformationTemplate {
  readonly template_type: 'customer_information';
  readonly business_privacy: { readonly url: string };
  /** `['PT', 'ES']` */
  readonly countries?: readonly string[];
  readonly expires_in_days?: number;
}

/** The options of {@link customerInformation}. */
export interface CustomerInformationOptions {
  /** URL of the business's privacy policy. */
  readonly privacyUrl: string;
  /** Countries that an address may be in, by their two letters: `['PT', 'ES']`. Default: every country Meta knows. */
  readonly countries?: readonly string[];
  /** Days until the form can no longer be filled in, 1 to 7. Default: Meta's 1. */
  readonly expiresInDays?: number;
}

/**
 * A form for a shipping address. The answers come back as an event of kind `customer_information`; they are personal data
 * and never logged. Meta, send-messages/templates/structured-information-template, 2026-03-18.
 *
 * @throws BotError `text_empty`, `text_too_long`, `number_invalid`, `url_invalid` or `message_invalid`.
 */
export function customerInformation(options: CustomerInformationOptions): TemplateMessage<CustomerInformationTemplate> {
  const { privacyUrl, countries, expiresInDays } = options;
  return templateMessage(
    requireCustomerInformation({
      template_type: 'customer_information',
      business_privacy: { url: privacyUrl },
      countries,
      expires_in_days: expiresInDays,
    }),
  );
}

/** The payload of an address form, whether built or written by hand. */
export function requireCustomerInformation(value: unknown): CustomerInformationTemplate {
  const keys = ['template_type', 'business_privacy', 'countries', 'expires_in_days'];
  const form = requireObject('An address form', value, keys, 'Use customerInformation(…)');
  return {
    template_type: 'customer_information',
    business_privacy: requirePrivacy('form', form['business_privacy']),
    ...readOptional(form, 'countries', (countries) =>
      requireList('The countries of an address form', countries, 1, Infinity).map((one) =>
        requireText('A country', one, 2),
      ),
    ),
    ...readOptional(form, 'expires_in_days', (days) =>
      requireWholeNumber('The days until an address form expires', days, 1, LIMITS.customerInformationDays),
    ),
  };
}
