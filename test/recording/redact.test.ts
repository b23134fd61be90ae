/** What is personal is replaced, the same always by the same; what is not, stays. */

import { describe, expect, test } from 'vitest';
import { createRedact, redactRecording } from '../../src/recording/redact.ts';

const aRedact = () =>
  createRedact({ firstName: 'Ana', lastName: 'Sousa Pires', others: ['Rua das Flores'], operators: ['Mia K.'] });

describe('is replaced', () => {
  test.each([
    ['a first name', 'Hi Ana!', 'Hi Robin!'],
    ['in capitals', 'ANA?', 'Robin?'],
    ['a whole name', 'Ana Sousa Pires', 'Robin Sample'],
    ['an answer in a form', 'I live in rua das flores', 'I live in Name 1'],
    ['an operator', 'Mia K. here', 'Operator 1 here'],
    ['an e-mail address', 'Write to ana.sousa+x@shop.pt.', 'Write to person1@example.com.'],
    ['a phone number', 'Call +351 912-345 678', 'Call +300 000-000 001'],
    ['a phone number with brackets', '(212) 555 0199', '(200) 000 0001'],
    ['an order number', 'AB-1042', 'AB-1001'],
    ['a numbered order', 'Order #77.', 'Order #71.'],
    ['a PSID', '6120459871230045', '6000000000000001'],
    ['ids in a URL', 'https://shop.pt/orders/4711/ana?token=abc&x=', 'https://shop.pt/orders/4001/ana?token=id1&x='],
    ['a login in a URL', 'https://ana:pw@shop.pt/a', 'https://shop.pt/a'],
  ])('%s', (_, text, expected) => {
    expect(aRedact()(text)).toBe(expected);
  });
});

test.each([
  'Anabel',
  'Banana',
  '9 to 5',
  '10:00 - 12:30',
  '2026-10-06',
  '6.10.2026',
  '120 euros',
  'in 2026',
  '½ $& \\1',
])('stays: %s', (text) => {
  expect(aRedact()(text)).toBe(text);
});

test('the same becomes the same, and others become others', () => {
  const redact = aRedact();
  expect(redact('a@x.pt, B@x.pt, A@x.pt')).toBe('person1@example.com, person2@example.com, person1@example.com');
  expect(redact('912345678 and 912 345 678 and 912345679')).toBe('900000001 and 900 000 001 and 900000002');
  expect(redact('912345679')).toBe('900000002');
});

test('names that look like patterns, and a person without a name', () => {
  expect(createRedact({ firstName: '.*', lastName: 'A(b)|-' })('Hi .* and A(b)|-, x')).toBe('Hi Robin and Sample, x');
  expect(createRedact({})('Hi Ana')).toBe('Hi Ana');
});

test('a recording keeps its steps', () => {
  const steps = [
    { does: 'says', with: ['I am Ana'], heard: ['Hi Ana', null] },
    { does: 'skip', with: ['90000 seconds'], heard: [] },
    { does: 'sendsAddress', with: [{ street1: 'Rua das Flores' }], heard: [] },
  ] as const;
  const person = { firstName: 'Ana', locale: 'pt_PT', timezone: 1 };
  expect(redactRecording({ person, startsAt: '10:00', steps, leftOut: [] }, aRedact())).toEqual({
    person: { firstName: 'Robin', locale: 'pt_PT', timezone: 1 },
    startsAt: '10:00',
    steps: [
      { does: 'says', with: ['I am Robin'], heard: ['Hi Robin', null] },
      { does: 'skip', with: ['90000 seconds'], heard: [] },
      { does: 'sendsAddress', with: [{ street1: 'Name 1' }], heard: [] },
    ],
    leftOut: [],
  });
});
