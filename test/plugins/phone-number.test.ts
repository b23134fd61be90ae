import { type CountryCode, getCountries, getExampleNumber, Metadata } from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';
import { expect, test } from 'vitest';
import { NUMBERING_PLANS, readPhone } from '../../src/plugins/form/phone-number.ts';

test('the numbering plans are those of libphonenumber', () => {
  const lines = getCountries().map((country) => {
    const metadata = new Metadata();
    metadata.selectNumberingPlan(country);
    // Its types leave these methods out.
    const plan = metadata.numberingPlan as unknown as {
      callingCode(): string;
      nationalPrefix(): string | 0;
      possibleLengths(): number[];
    };
    const lengths = plan.possibleLengths();
    const trunk = plan.nationalPrefix();
    return `${country}${plan.callingCode()}${trunk ? `t${trunk}` : ''}:${Math.min(...lengths)}-${Math.max(...lengths)}`;
  });
  expect(NUMBERING_PLANS.split(' ')).toEqual(lines);
});

/** Inside Argentina mobile numbers are written with a 15 in their middle, which no rule of ours takes out: they are refused. */
const WITHOUT_NATIONAL_FORM: readonly CountryCode[] = ['AR'];

test.each(getCountries())(
  'a number of %s is stored as libphonenumber writes it, in whatever form it was typed',
  (country) => {
    const example = getExampleNumber(country, examples);
    if (!example) throw new Error(`libphonenumber has no example of ${country}.`);
    const international = example.formatInternational();
    for (const typed of [
      example.number,
      international,
      `\u202A${international}\u202C`,
      international.replaceAll(' ', '\u2011'),
      international.replace('+', '00'),
      `My number is ${international}.`,
    ]) {
      expect(readPhone(typed), typed).toBe(example.number);
      expect(readPhone(typed, country), typed).toBe(example.number);
    }
    if (!WITHOUT_NATIONAL_FORM.includes(country)) {
      expect(readPhone(example.formatNational(), country), example.formatNational()).toBe(example.number);
    }
  },
);
