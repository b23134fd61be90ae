/** Wrong options of segments, broadcasts, analytics and the assistant, and the errors that name them. */

import { describe, expect, test } from 'vitest';
import { defineBot } from '../../src/index.ts';
import { assistantActivities, type AssistantModelOptions } from '../../src/plugins/assistant/activities.ts';
import type { BroadcastOptions } from '../../src/plugins/broadcast/index.ts';
import { analytics, assistant, broadcast, segments } from '../../src/plugins/index.ts';

const sale: BroadcastOptions = { name: 'sale', to: {}, say: 'Half price' };
const model = {} as AssistantModelOptions['model'];

describe('options that are wrong are named', () => {
  test.each([
    ['segments: "rules" must be', () => segments({ rules: [] })],
    ['segments: "rules.0" must be about one of', () => segments({ rules: [{ tag: 'x' }] })],
    ['segments: "rules.0" must be about one of', () => segments({ rules: [{ topic: 'a', says: /b/, tag: 'x' }] })],
    ['segments: "rules.0" must be with a tag', () => segments({ rules: [{ topic: 'a' }] })],
    ['segments: "rules.0.where" must be', () => segments({ rules: [{ says: /a/, where: { b: 1 }, tag: 'x' }] })],
    ['segments: "rules.0.tag" must be', () => segments({ rules: [{ says: /a/, tag: 'x'.repeat(51) }] })],
    ['broadcast: "name" must be', () => broadcast({ ...sale, name: 'Sale!' })],
    ['broadcast: "say" must be given, or else "run"', () => broadcast({ name: 'sale', to: {} })],
    ['broadcast: "say" must be given, or else "run"', () => broadcast({ ...sale, run: async () => {} })],
    ['broadcast: "to" must be made of', () => broadcast({ ...sale, to: { every: ['x'] } as object })],
    ['broadcast: "to.any" must be', () => broadcast({ ...sale, to: { any: [] } })],
    ['broadcast: "to.activeWithin" must be', () => broadcast({ ...sale, to: { activeWithin: '9 years' as '9 days' } })],
    ['broadcast: "perSecond" must be', () => broadcast({ ...sale, perSecond: 41 })],
    ['broadcast: "every" must be { at', () => broadcast({ ...sale, every: { at: '8 pm' } })],
    ['broadcast: "every" must be at a full quarter', () => broadcast({ ...sale, every: { at: '20:10' } })],
    ['broadcast: "hour" is no option of "every"', () => broadcast({ ...sale, every: { hour: 20 } as never })],
    [
      'defineBot: "broadcasts.0.to" must be one of the bot\'s segments (here)',
      () => defineBot({ plugins: [], segments: { here: {} }, broadcasts: [broadcast({ ...sale, to: 'elsewhere' })] }),
    ],
    ['called "sale"', () => defineBot({ plugins: [], broadcasts: [broadcast(sale), broadcast(sale)] })],
    [
      'called "sale"',
      () => defineBot({ plugins: [], sequences: [broadcast(sale).sequence], broadcasts: [broadcast(sale)] }),
    ],
    [
      '"name" must be another word',
      () => defineBot({ plugins: [], broadcasts: [broadcast({ ...sale, name: 'broadcast' })] }),
    ],
    ['defineBot: "segments" must be', () => defineBot({ plugins: [], segments: { 'Not a name': {} } })],
    ['defineBot: "quietHours" must be', () => defineBot({ plugins: [], quietHours: { from: '21', to: '8' } })],
    ['analytics: "funnels" must be', () => analytics({ funnels: [] as never })],
    ['analytics: "funnels.lead" must be', () => analytics({ funnels: { lead: [] } })],
    ['assistant: "answersPerDay" must be', () => assistant({ answersPerDay: 0 })],
    ['needs a "model"', () => assistantActivities({ system: 'x' } as AssistantModelOptions)],
    ['needs a text or a function as "system"', () => assistantActivities({ model } as AssistantModelOptions)],
    ['"within" of at most 20 seconds', () => assistantActivities({ model, system: 'x', within: '1 minute' })],
  ])('%s', (words, build) => {
    expect(build).toThrow(words);
    expect(build).toThrow(expect.objectContaining({ code: 'bot_invalid' }));
  });
});

test('what is right passes', () => {
  const bot = defineBot({
    plugins: [segments({ rules: [{ taps: /^NEWS/, tag: 'news' }] }), assistant()],
    segments: { news: { all: ['news'] } },
    broadcasts: [broadcast({ ...sale, to: 'news' })],
    quietHours: { from: '21:00', to: '08:00' },
  });
  expect(bot.broadcasts?.[0]?.messageClass).toBe('ordinary');
});
