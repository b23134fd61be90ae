/** Recorded talks with every bundled plugin, played to the code of now, and to edits of the bot. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createBotBundler } from '../../src/temporal/bundling/bundle-bot.ts';
import { readHistories } from '../../src/temporal/replay/recordings.ts';
import { replay } from '../../src/temporal/replay/replay.ts';
import { silenceTemporalLog } from '../../src/temporal/sdk-runtime.ts';

silenceTemporalLog();
const recorded = join(import.meta.dirname, '..', 'histories');
const BOT = readFileSync(join(recorded, 'bot.ts'), 'utf8');
const histories = readHistories(recorded);
const folder = mkdtempSync(join(tmpdir(), 'everthread-replay-'));
mkdirSync(join(folder, 'bot'));
const bot = join(folder, 'bot', 'bot.ts');
writeFileSync(bot, BOT);
const bundler = createBotBundler(bot, { warn: () => {} }, { isIncremental: true, recordsCommands: true });
afterAll(async () => {
  await bundler.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What each history that cannot go on with an edited bot says; from one text to another. */
async function problemsAfter(...edits: readonly (readonly [string, string])[]): Promise<Record<string, string>> {
  let text = BOT;
  for (const [from, to] of edits) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(bot, text);
  const bundle = await bundler.bundle();
  const problems: Record<string, string> = {};
  for await (const { workflowId, problem } of replay(bundle, histories)) {
    if (problem !== undefined) problems[workflowId] = problem;
  }
  return problems;
}

test('every recorded talk goes on with the code of now', async () => {
  expect(histories.length).toBeGreaterThan(10);
  expect(await problemsAfter()).toEqual({});
});

const PLUGIN_END = 'assistant(),\n  ],';
const IMPORT = `import { defineBot } from 'everthread';`;
const WITH_PLUGIN = `import { defineBot, definePlugin } from 'everthread';`;

describe('free is', () => {
  test.each([
    ['another wording', [[`'We are open 9 to 5.'`, `'From nine to five.'`]]],
    ['another delay', [[`'2 hours', say`, `'3 hours', say`]]],
    ['a bot that gathers bursts from now on', [[`fallback: 'Sorry?'`, `gather: '2 seconds',\n  fallback: 'Sorry?'`]]],
    [
      'a plugin at the end that stays silent',
      [
        [IMPORT, WITH_PLUGIN],
        [PLUGIN_END, `assistant(),\n    definePlugin({ name: 'quiet', onMessage: async () => 'pass' }),\n  ],`],
      ],
    ],
    [
      'a plugin that only watches, anywhere',
      [
        [IMPORT, WITH_PLUGIN],
        [
          `plugins: [`,
          `plugins: [\n    definePlugin({ name: 'watch', state: { seen: 0 }, observe: (ctx) => void (ctx.state.seen += 1) }),`,
        ],
      ],
    ],
    [
      'another order of plugins that do not compete',
      [
        [`    optOut(),\n`, ''],
        [`    faq(`, `    optOut(),\n    faq(`],
      ],
    ],
    [
      'a new version of a sequence beside the old one',
      [
        [
          `  sequences: [\n`,
          `  sequences: [\n    { ...followUp({ name: 'spring-offer', startOn: 'lead-capture.completed', steps: [{ after: '1 day', say: 'New' }] }), version: 2 },\n`,
        ],
      ],
    ],
  ] as const)('%s', async (_, edits) => {
    expect(await problemsAfter(...edits)).toEqual({});
  });
});

describe('what breaks is told in words', () => {
  test.each([
    [
      'an answer where there was none',
      [[`answer: 'We are open 9 to 5.' }`, `answer: 'We are open 9 to 5.' }, { match: /hello/i, answer: 'Hi' }`]],
      {
        'closing-2': `At no. 1 of what came in it waited (quiet: continue as new); today's code sends "Hi" (plugin faq).`,
      },
    ],
    [
      'an answer that is gone',
      [[`    faq([{ match: /hours/i, answer: 'We are open 9 to 5.' }]),\n`, '']],
      {
        'closing-2': `At no. 2 of what came in it sent "We are open 9 to 5."; today's code shows that it is typing.`,
        'opt-out-1': `At no. 4 of what came in it sent "We are open 9 to 5."; today's code shows that it is typing.`,
        'welcome-1': `At no. 2 of what came in it sent "We are open 9 to 5."; today's code shows that it is typing.`,
      },
    ],
    [
      'an activity that is no longer called',
      [['    assistant(),', '']],
      {
        'assistant-1': `At no. 2 of what came in it called the activity assistantAnswer; today's code sends "Sorry?" (the fallback).`,
        'segments-1': `At no. 2 of what came in it called the activity assistantAnswer; today's code sends "Sorry?" (the fallback).`,
      },
    ],
    [
      'one message more',
      [
        [IMPORT, WITH_PLUGIN],
        [
          `plugins: [`,
          `plugins: [\n    definePlugin({ name: 'greeter', onMessage: async (ctx) => { await ctx.send('Hey'); return 'pass'; } }),`,
        ],
      ],
      {
        'closing-2': `At no. 1 of what came in it waited (quiet: continue as new); today's code sends "Hi! Ask me about hours or prices." (plugin welcome). Before that, what was "Hi! Ask me about hours or prices." is now "Hey" (plugin greeter).`,
      },
    ],
    [
      'a step of a sequence that is gone',
      [[`{ after: '18 hours', say: 'Our spring offer ends tonight.' },`, '']],
      {
        'follow-up-3': expect.stringMatching(
          /^After it had waited it waited \(Sleeps 18 hours, .*\); today's code sends another workflow the signal "sequenceEnded"\.$/,
        ) as string,
      },
    ],
    [
      'a sequence that is gone',
      [[`name: 'spring-offer'`, `name: 'summer-offer'`]],
      {
        'follow-up-3':
          'This bot has no sequence "spring-offer" of version 1. Deploy one that has, or terminate this run.',
      },
    ],
  ] as const)('%s', async (_, edits, expected) => {
    expect(await problemsAfter(...edits)).toMatchObject(expected);
  });
});
