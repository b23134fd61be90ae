import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBot } from '../../src/cli/read-bot.ts';
import { USUAL_FIELDS } from '../../src/messenger/inbound/webhook-fields.ts';
import { bundleInChild } from '../../src/temporal/bundling/bundle-in-child.ts';
import { tryBundle } from '../../src/temporal/bundling/try-bundle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function aBot(source: string): string {
  const file = join(temporaryFolder(), 'bot.ts');
  writeFileSync(file, source);
  return file;
}

test('a bot is read without a Temporal server: what its plugins need, and its profile', async () => {
  const file = aBot(`
    import { defineBot, definePlugin, messengerProfile } from 'everthread';
    import { faq, form, handoff, text } from 'everthread/plugins';
    const survey = definePlugin({ name: 'survey', fields: ['messaging_feedback'], wordsToTry: ['survey'] });
    export default defineBot({
      plugins: [
        survey,
        handoff({ on: /\\bhuman\\b|agent/i }),
        form({ on: /^(?:order|buy)$/i, fields: { what: text('What?') }, name: 'order' }),
        faq([
          { match: /open|hours/i, answer: 'Nine to five.' },
          { questions: ['Do you ship?'], answer: 'Yes.' },
          { match: /^v\\d+$/, answer: 'Old.' },
        ]),
      ],
      profile: messengerProfile({ get_started: { payload: 'START' } }),
    });
  `);

  expect(await readBot(file)).toEqual({
    fields: [...USUAL_FIELDS, 'messaging_feedback'],
    activities: [],
    plugins: ['survey', 'handoff', 'order', 'faq'],
    sequences: [],
    profile: { get_started: { payload: 'START' } },
    wordsToTry: ['survey', 'human', 'order', 'open', 'Do you ship?'],
  });
});

test('a bot that cannot be read says why, with its file and line', async () => {
  const file = aBot(
    'const prices = undefined as unknown as { mug: number };\nexport default { plugins: [prices.mug] };\n',
  );

  await expect(readBot(file)).rejects.toMatchObject({
    code: 'bot_invalid',
    message: expect.stringMatching(/bot\.ts:2/),
  });
});

test('the bundle that a process of its own makes loads', async () => {
  const file = join(import.meta.dirname, '../support/bots/faq/bot.ts');
  const silent = { debug() {}, info() {}, warn() {}, error() {} };

  const { code, files } = await bundleInChild(file, silent, temporaryFolder());

  expect(files).toContain(file);
  expect(tryBundle(code, file, () => {}).plugins.map(({ name }) => name)).toContain('faq');
});
