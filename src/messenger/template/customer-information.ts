import { requireObject, requireList, requireText, requireWholeNumber, readOptional } from '../check/require.ts';
import { LIMITS } from '../outbound/limits.ts';
import { requirePrivacy } from './customer-feedback.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

export interface CustomerInformationTemplate {
  readonly template_type: 'customer_information';
  readonly business_privacy: { readonly url: string };
  /** `['PT', 'ES']` */
  readonly countries?: readonly string[];
  readonly expires_in_days?: number;
}

export interface CustomerInformationOptions {
  /** Where the business says what it does with the address. */
  readonly privacyUrl: string;
  /** From which an address may be; every country Meta knows when left out. */
  readonly countries?: readonly string[];
  /** 1 to 7; Meta takes 1 when it is left out. */
  readonly expiresInDays?: number;
}

/**
 * A form for a shipping address, which comes back as one event of kind `customer_information`. Personal data: it stays
 * out of logs. Meta, send-messages/templates/structured-information-template, 2026-03-18.
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
