import { expect, expectTypeOf, test } from 'vitest';
import { defineBot, definePlugin, type Plugin } from '../../src/index.ts';
import type { InboundEventKind } from '../../src/messenger/inbound/inbound-event.ts';
import {
  neededFields,
  sideEffectOf,
  USUAL_FIELDS,
  WEBHOOK_FIELDS,
} from '../../src/messenger/inbound/webhook-fields.ts';

test('every kind of event except unknown and malformed comes with a field', () => {
  type Brought = (typeof WEBHOOK_FIELDS)[number]['brings'][number];
  expectTypeOf<Exclude<InboundEventKind, Brought>>().toEqualTypeOf<'unknown' | 'malformed'>();
  expect(new Set(WEBHOOK_FIELDS.map(({ name }) => name)).size).toBe(WEBHOOK_FIELDS.length);
});

test('a bot needs the usual fields and those of its plugins, each once', () => {
  const survey = definePlugin({ name: 'survey', fields: ['messaging_feedback', 'messages'] });
  const bot = defineBot({ plugins: [survey, definePlugin({ name: 'other', fields: ['messaging_feedback'] })] });

  expect(neededFields(bot)).toEqual([...USUAL_FIELDS, 'messaging_feedback']);
  expect(neededFields({ plugins: [] })).toEqual(USUAL_FIELDS);
});

test('no usual field has a side effect that people notice', () => {
  expect(USUAL_FIELDS.filter((field) => sideEffectOf(field) !== undefined)).toEqual([]);
  expect(sideEffectOf('response_feedback')).toContain('thumbs');
});

test.each([['messages'], [['feed_back']], [[7]], [['message_edit']]])(
  'a plugin with the fields %j is refused',
  (fields) => {
    const plugin = { name: 'survey', fields } as unknown as Plugin;
    expect(() => defineBot({ plugins: [plugin] })).toThrow(
      'Plugin "survey": "fields" must be a list of Meta\'s webhook',
    );
  },
);

test('a profile that Meta would reject is rejected when the bot is loaded', () => {
  expect(() => defineBot({ plugins: [], profile: { greeting: [{ locale: 'pt_PT', text: 'Olá' }] } })).toThrow(
    'Add the locale "default"',
  );
});
