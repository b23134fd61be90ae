import { expect, test } from 'vitest';
import { renderReply, savedReplyMistake } from '../../src/domain/saved-reply.ts';

const render = (text: string, values: object = {}) => renderReply(text, { operator: 'Ada', ...values });

test('placeholders become what is known of the person, or their fallback', () => {
  const ana = { firstName: 'Ana', lastName: 'Lima' };
  expect(render('Hi {{firstName}} {{ lastName }}, {{name}}! {{operator}}', ana)).toEqual({
    text: 'Hi Ana Lima, Ana Lima! Ada',
    missing: [],
  });
  expect(render('Hi {{firstName|there}} {{name| dear | you }}').text).toBe('Hi there dear | you');
  expect(render('Hi {{firstName}}, {{name}} {{firstName}}', { firstName: ' \u200B ' })).toMatchObject({
    missing: ['firstName', 'name'],
  });
});

test('the text itself stays as the administrator wrote it', () => {
  const text = 'Tab\there\n\u200F\u05E9\u05DC\u05D5\u05DD {{operator}} 🏴\u{E0067}\u{E0062}\u{E007F}';
  expect(render(text).text).toBe(text.replace('{{operator}}', 'Ada'));
});

test('a name is text: not filled in again, on one line, cut, and without what hides', () => {
  const firstName = '{{operator}}\n\n$& \u202Eevil\u0007';
  expect(render('Hi {{firstName}}.', { firstName }).text).toBe('Hi {{operator}} $& evil.');
  expect(render('{{firstName}}', { firstName: '😀'.repeat(500) }).text).toBe('😀'.repeat(50));
});

test.each([
  ['Hi {{frstName}}', 'There is no placeholder {{frstName}}. There are: {{firstName}}, {{lastName}}'],
  ['Hi {{}}', 'There is no placeholder {{}}'],
  ['Hi {{constructor}}', 'There is no placeholder {{constructor}}'],
  ['Hi {{firstName', 'not closed'],
  ['Hi firstName}}', 'not closed'],
  ['Hi {{first{Name}}', 'not closed'],
  ['Hi {{firstName|{{name}}}}', 'not closed'],
  ['Hi {{firstName|}}', 'The fallback of {{firstName|}} is empty'],
  [`Hi {{firstName|${'x'.repeat(51)}}}`, 'longer than 50'],
  ['{{name}}'.repeat(21), '21 placeholders, and 20'],
])('%s cannot be saved', (text, why) => {
  expect(savedReplyMistake(text)).toContain(why);
});

test.each(['Plain', '{ not one }', 'Hi {{firstName|there}}', '{{ operator }}', '{{name}}'.repeat(20)])(
  '%s can be saved',
  (text) => {
    expect(savedReplyMistake(text)).toBeUndefined();
  },
);
