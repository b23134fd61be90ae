/** `dev` while its bot is edited: everything real but Meta, in one process. */

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { startDev, type RunningDev } from '../../src/dev/index.ts';
import { createPaint, formatBotLine } from '../../src/dev/terminal-lines.ts';
import { toBotLogLine } from '../../src/temporal/bot-log.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { until } from '../support/talk.ts';

const BOT = `
import { defineBot, definePlugin, defineSequence, declareActivities } from 'everthread';
import { faq } from 'everthread/plugins';
import { HOURS } from './words/hours.ts';
import type { activities } from './activities.ts';

const act = declareActivities<typeof activities>({ greeting: {} });
const nap = defineSequence({
  name: 'nap',
  async run(seq) {
    await seq.sleep('1 hour');
    await seq.send('Good morning');
  },
});
const late = defineSequence({
  name: 'late',
  async run(seq) {
    await seq.sleep('30 hours');
    await seq.send('Our offer ended.');
  },
});
const crash = defineSequence({
  name: 'crash',
  async run(seq) {
    await seq.send('About to fail');
    throw new RangeError('out of mugs');
  },
});
const talk = definePlugin({
  name: 'talk',
  activities: act,
  async onMessage(ctx, message) {
    if (message.text === 'nap') await ctx.startSequence('nap');
    else if (message.text === 'greet') await ctx.send(await ctx.activities.greeting());
    else if (message.text === 'boom') throw new TypeError('no such colour');
    else if (message.text === 'late') await ctx.startSequence('late');
    else if (message.text === 'crash') await ctx.startSequence('crash');
    else return 'pass';
    return 'handled';
  },
});
export default defineBot({
  plugins: [talk, faq([{ match: /hours/i, answer: HOURS }])],
  sequences: [nap, late, crash],
  fallback: 'Sorry?',
});
`;

let folder: string;
let dev: RunningDev;
const said: string[] = [];
const file = (name: string) => join(folder, 'shop', name);
const save = (name: string, text: string) => writeFileSync(file(name), text);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'everthread-dev-'));
  mkdirSync(file('words'), { recursive: true });
  save('package.json', JSON.stringify({ type: 'module' }));
  save('bot.ts', BOT);
  save('words/hours.ts', `export const HOURS = 'Nine to five';\n`);
  save('greeting.ts', `export const GREETING = 'Hello';\n`);
  save(
    'activities.ts',
    `import { GREETING } from './greeting.ts';\nexport const activities = { async greeting() { return GREETING; } };\n`,
  );
  dev = await startDev({
    bot: file('bot.ts'),
    config: loadConfig({ PORT: String(await freePort()) }),
    folder: join(folder, 'data'),
    temporalCli: { explicit: inject('temporalCli'), cacheDir: folder },
    log: pino({ level: 'silent' }),
    progress: (line) => said.push(line),
  });
});
afterAll(async () => {
  await dev.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the terminal says when the save has been dealt with. */
async function after(save: () => void): Promise<string> {
  const before = said.length;
  save();
  await until(() => said.length > before);
  return said.slice(before).join('\n');
}

/** Calls of the Send API with words in them. */
const MESSAGES = new Set(['RESPONSE', 'UPDATE']);
const bubbles = (psid: string) =>
  dev.simulator.thread(psid).bubbles.flatMap(({ author, text }) => (author === 'bot' ? [text] : []));

async function answer(psid: string, text: string): Promise<string | undefined> {
  const before = bubbles(psid).length;
  dev.simulator.says(psid, text);
  await until(() => bubbles(psid).length > before);
  return bubbles(psid).at(-1);
}

/** The simulator's page with this person's conversation. */
async function onPage(psid: string, width: number, look: (page: Page) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({ executablePath: inject('chromiumPath'), args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.goto(`${dev.addresses.url}/simulator#${psid}`);
    await look(page);
  } finally {
    await browser.close();
  }
}

// One after the other with one `dev`: each test leaves the bot as the next one takes it up.
test('answers with the latest code, however it was saved', async () => {
  const { psid } = dev.simulator.addPerson();
  expect(await answer(psid, 'hours')).toBe('Nine to five');
  // What the api, which runs no bot, shows to operators.
  expect(await dev.store.botFacts.find()).toEqual({
    sequences: ['nap', 'late', 'crash'],
    broadcasts: [],
    silentAfterHumanMs: 86_400_000,
  });

  const words = await after(() => save('words/hours.ts', `export const HOURS = 'Ten to six';\n`));
  expect(words).toMatch(/^Reloaded in \d+\.\d s \(.*hours\.ts\)\.$/);
  expect(await answer(psid, 'hours')).toBe('Ten to six');

  // As editors do it that write beside the file and move what they wrote over it.
  await after(() => {
    save('words/hours.ts~', `export const HOURS = 'Eight to four';\n`);
    renameSync(file('words/hours.ts~'), file('words/hours.ts'));
  });
  expect(await answer(psid, 'hours')).toBe('Eight to four');

  expect(await answer(psid, 'greet')).toBe('Hello');
  await after(() => save('greeting.ts', `export const GREETING = 'Good day';\n`));
  expect(await answer(psid, 'greet')).toBe('Good day');
});

test('reloads once for several saves in a row', async () => {
  const { psid } = dev.simulator.addPerson();
  const words = await after(() => {
    for (let n = 0; n < 5; n += 1) save('words/hours.ts', `export const HOURS = 'Version ${n}';\n`);
    save('bot.ts', BOT.replace('Sorry?', 'Pardon?'));
  });
  expect(words.match(/Reloaded/g)).toHaveLength(1);
  expect(await answer(psid, 'hours')).toBe('Version 4');
  expect(await answer(psid, 'what')).toBe('Pardon?');
});

test('keeps the previous bot while the new one cannot be loaded, and reports why', async () => {
  const { psid } = dev.simulator.addPerson();
  expect(await after(() => save('bot.ts', `${BOT}\nimport './more/words.ts';\n`))).toMatch(
    /bot\.ts:\d+:\d+: Can't resolve '\.\/more\/words\.ts'[^]*goes on/,
  );
  expect(await answer(psid, 'hours')).toBe('Version 4');
  expect(dev.simulator.botProblem()).toContain("Can't resolve './more/words.ts'");

  const repaired = await after(() => {
    mkdirSync(file('more'));
    save('more/words.ts', `export const MORE = 1;\n`);
  });
  expect(repaired).toContain('Reloaded');
  expect(dev.simulator.botProblem()).toBeUndefined();

  expect(await after(() => rmSync(file('words/hours.ts')))).toMatch(/Can't resolve '\.\/words\/hours\.ts'/);
  expect(await answer(psid, 'hours')).toBe('Version 4');
  expect(await after(() => save('words/hours.ts', `export const HOURS = 'Version 4';\n`))).toContain('runs already');

  expect(await after(() => save('activities.ts', `throw new Error('no database');\n`))).toMatch(
    /activities\.ts cannot be loaded: no database\n +at .*activities\.ts:1/,
  );
  expect(await answer(psid, 'greet')).toBe('Good day');
  await after(() => save('activities.ts', `export const activities = { greeting: async () => 'Hi again' };\n`));
  expect(await answer(psid, 'greet')).toBe('Hi again');

  expect(await after(() => save('bot.ts', `${BOT}\nimport 'fs';\n`))).toMatch(/bot\.ts imports fs\./);
  expect(await after(() => save('bot.ts', `${BOT}\nimport 'fs';\nimport 'os';\n`))).toMatch(
    /imports fs\.[^]*imports os\./,
  );
  await after(() => save('bot.ts', BOT));
  expect(await answer(psid, 'what')).toBe('Sorry?');
});

test('a conversation and a sequence that an edit broke are shown, and send nothing twice after a reset', async () => {
  await after(() => save('bot.ts', `${BOT}// as it was\n`));
  const { psid } = dev.simulator.addPerson();
  const conversation = `messenger:104857600123456:${psid}` as const;
  expect(await answer(psid, 'hours')).toBe('Version 4');
  dev.simulator.says(psid, 'nap');
  await until(async () => ((await dev.timeMachine.nextDue(conversation)) ?? 0) > Date.now());

  const dots = BOT.replace(`if (message.text === 'nap')`, `ctx.typing();\n    if (message.text === 'nap')`);
  const edited = dots.replace(
    `await seq.sleep('1 hour');`,
    `await seq.send('Sleep well');\n    await seq.sleep('1 hour');`,
  );
  await after(() => save('bot.ts', edited));
  dev.simulator.says(psid, 'hours');

  await onPage(psid, 1280, async (page) => {
    const notes = page.getByRole('status', { name: "About the bot's code" });
    await notes.getByText('At no. 1 of what came in it sent "Version 4"; today\'s code shows').waitFor();
    await notes.getByRole('button', { name: 'Begin again' }).first().click();
    await until(() => bubbles(psid).length === 2);
    await notes.getByText('The sequence "nap" began with other code and cannot go on.').waitFor();
    await notes.getByRole('button', { name: 'Begin again' }).click();
    await until(() => bubbles(psid).length === 3);
    await notes.getByRole('button').waitFor({ state: 'detached' });
  });
  await dev.timeMachine.skip(conversation, 61 * 60_000);
  await until(() => bubbles(psid).length === 4);
  expect(bubbles(psid)).toEqual(['Version 4', 'Version 4', 'Sleep well', 'Good morning']);
  expect(dev.simulator.thread(psid).timeline.filter(({ send }) => send && MESSAGES.has(send.how))).toHaveLength(4);
});

test('a run that waits is told at the reload that breaks it, and can be reset', async () => {
  await after(() => save('bot.ts', `${BOT}// for those who sleep\n`));
  const { psid } = dev.simulator.addPerson({ firstName: 'Ines' });
  const conversation = `messenger:104857600123456:${psid}` as const;
  dev.simulator.says(psid, 'nap');
  await until(async () => ((await dev.timeMachine.nextDue(conversation)) ?? 0) > Date.now());

  await after(() =>
    save(
      'bot.ts',
      BOT.replace(`await seq.sleep('1 hour');`, `await seq.send('Sleep well');\n    await seq.sleep('1 hour');`),
    ),
  );
  const words = /At its beginning it waited \(Sleeps 1 hour, .*\); today's code sends "Sleep well" \(sequence nap\)\./;
  const told = () => said.find((line) => line.includes(`sequence:nap:${conversation}`));
  await until(() => told() !== undefined);
  expect(told()).toMatch(/^✗ The sequence "nap" sequence:nap:.* began with other code and cannot go on\./);
  expect(told()).toMatch(words);

  await onPage(psid, 1280, async (page) => {
    const notes = page.getByRole('status', { name: "About the bot's code" });
    await notes.getByText('The sequence "nap" began with other code and cannot go on.').waitFor();
    await notes.getByText(words).waitFor();
    await page.setViewportSize({ width: 390, height: 800 });
    await notes.getByText(words).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await notes.getByRole('button', { name: 'Begin again' }).click();
    await notes.getByRole('button').waitFor({ state: 'detached' });
  });
  await until(() => bubbles(psid).includes('Sleep well'));
  await after(() => save('bot.ts', BOT));
});

test('errors of hooks and sequences, and refused sends, are cards on the page and short lines in the terminal', async () => {
  const { psid } = dev.simulator.addPerson({ firstName: 'Rui' });
  const conversation = `messenger:104857600123456:${psid}` as const;
  expect(await answer(psid, 'boom')).toBe('Sorry?');
  await answer(psid, 'crash');
  dev.simulator.says(psid, 'late');
  await until(async () => ((await dev.timeMachine.nextDue(conversation)) ?? 0) > Date.now());
  await dev.timeMachine.skip(conversation, 31 * 3_600_000);

  const lines = [
    /^\d\d:\d\d:\d\d ✗ The hook onMessage of plugin "talk" failed; its answer is left out: TypeError: no such colour \(.*shop\/bot\.ts:\d+:\d+\)$/,
    /^\d\d:\d\d:\d\d ✗ Sequence "crash" failed: RangeError: out of mugs \(.*shop\/bot\.ts:\d+:\d+\)$/,
    /^\d\d:\d\d:\d\d ! A message of sequence late did not go out \(refused: window_closed\)$/,
  ];
  for (const line of lines) await until(() => said.some((words) => line.test(words)));
  expect(said.filter((words) => words.includes('out of mugs'))).toHaveLength(1);

  for (const width of [1280, 390]) {
    await onPage(psid, width, async (page) => {
      const log = page.getByRole('log', { name: 'Messages' });
      await log.getByRole('button', { name: "Error in the bot's code" }).first().waitFor();
      await log.getByText('A message of sequence late did not go out').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      // On a narrow page this opens "What happened".
      await log.getByText('no such colour').click();
      const events = page.getByRole('list', { name: 'Events' }).getByRole('listitem');
      const card = events.filter({ hasText: 'no such colour' });
      await card.getByText("The bot's code").waitFor();
      await card
        .getByText(/shop\/bot\.ts:\d+:\d+$/)
        .first()
        .waitFor();
      await card.getByText('Stack').click();
      await card.getByText('at Object.onMessage').waitFor();
      await events.filter({ hasText: 'out of mugs' }).getByText("The bot's code").waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    });
  }
});

test('a line of the log is short, in one line, and coloured where the terminal can show it', () => {
  const at = new Date(2026, 10, 29, 9, 5, 7);
  const error = `TypeError: no\n    at invoke (${process.cwd()}/src/workflows/x.ts:1:1)\n    at run (/home/ana/shop/bot.ts:3:7)`;
  const conversation = 'messenger:104857600123456:6120459871230045';
  const line = toBotLogLine('error', { workflowId: `sequence:nap:${conversation}`, error }, 'Sequence "nap" failed');
  expect(line).toMatchObject({ conversation, place: '/home/ana/shop/bot.ts:3:7' });
  expect(formatBotLine(line, at, createPaint(false))).toBe(
    '09:05:07 ✗ Sequence "nap" failed: TypeError: no (/home/ana/shop/bot.ts:3:7)',
  );
  expect(formatBotLine({ level: 'warn', words: 'Two\nlines' }, at, createPaint(true))).toBe(
    '\u001B[2m09:05:07\u001B[0m \u001B[33m!\u001B[0m Two lines',
  );
  const failed = toBotLogLine(
    'warn',
    { workflowId: conversation, activityType: 'greeting', error: new Error('no') },
    'Activity failed',
  );
  expect(failed.words).toBe('The activity greeting: Activity failed: Error: no');
});
