/** What is wrong with a bot's file is said once, when the worker starts, with the author's file and line. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { checkActivities } from '../../src/temporal/bundling/bot-activities.ts';
import { bundleBot, createBotBundler, type BotBundler } from '../../src/temporal/bundling/bundle-bot.ts';
import { startStage } from '../support/stage.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function botFiles(files: Readonly<Record<string, string>>): string {
  const folder = join(temporaryFolder(), 'shop');
  mkdirSync(folder);
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
  return join(folder, 'bot.ts');
}

/** One folder and one compiler for all bots that cannot run: the compiler keeps what they share, as in `everthread dev`. */
const shop = join(mkdtempSync(join(tmpdir(), 'everthread-bot-file-')), 'shop');
let bundler: BotBundler | undefined;

afterAll(async () => {
  await bundler?.close();
  rmSync(dirname(shop), { recursive: true });
});

async function complaint(files: Readonly<Record<string, string>> | string): Promise<string> {
  rmSync(shop, { recursive: true, force: true });
  mkdirSync(shop);
  for (const [name, source] of Object.entries(typeof files === 'string' ? { 'bot.ts': files } : files))
    writeFileSync(join(shop, name), source);
  bundler ??= createBotBundler(join(shop, 'bot.ts'), { warn: () => {} }, { isIncremental: true });
  const error = await bundler.bundle().then(
    () => new Error('nothing is wrong'),
    (reason: Error & { code?: string }) => reason,
  );
  expect(error).toMatchObject({ code: 'bot_invalid' });
  return error.message;
}

describe('a bot that cannot run', () => {
  test('is not there', async () => {
    await expect(bundleBot('nowhere/bot.ts', { warn: () => {} })).rejects.toMatchObject({ code: 'bot_missing' });
  });

  test('has a syntax error', async () => {
    const message = await complaint(
      "import { defineBot } from 'everthread';\nexport default defineBot({ plugins: [ );\n",
    );
    expect(message).toContain('bot.ts cannot be bundled');
    expect(message).toContain('Expression expected');
    expect(message).toMatch(/shop\/bot\.ts:2:/);
  });

  test('imports a file that is not there', async () => {
    const message = await complaint("import { part } from './part.ts';\nexport default { plugins: [part] };\n");
    expect(message).toMatch(/shop\/bot\.ts:1.*Can't resolve '\.\/part\.ts'/);
  });

  test('reaches for Node', async () => {
    const part = "import { readFileSync } from 'node:fs';\nexport const hours = readFileSync('hours.txt', 'utf8');\n";
    const bot = "import { hours } from './part.ts';\nexport default { plugins: [], fallback: hours };\n";
    expect(await complaint({ 'bot.ts': bot, 'part.ts': part })).toMatch(
      /shop\/part\.ts imports node:fs.*activities\.ts/,
    );
  });

  test('has no default export', async () => {
    expect(await complaint('export const bot = { plugins: [] };\n')).toContain('no bot as its default export');
  });

  test('exports something else', async () => {
    expect(await complaint('export default [];\n')).toContain('defineBot: "plugins" must be a list');
  });

  test.each([
    ["export const home = process.env['HOME'];", 'process is not defined. A bot decides in a sandbox without Node'],
    ['setTimeout(() => {}, 1000);', 'setTimeout cannot be called by a bot. A timer of JavaScript would'],
    ['export const every = setInterval(() => {}, 1000);', 'ctx.wakeAt in a hook, or seq.sleep in a sequence.'],
    ["export const prices = fetch('https://shop.example');", 'without a network: make the call in an activity'],
    ['export const prices = await Promise.resolve(3);', 'It awaits something at the top of a file.'],
    [
      "import { leadcapture } from 'everthread/plugins';\nexport const plugin = leadcapture({});",
      'cannot be loaded: leadcapture is not a function. What it is imported from has nothing of that name.',
    ],
  ])('uses what is not there: %s', async (lines, message) => {
    expect(await complaint(`${lines}\nexport default { plugins: [] };\n`)).toContain(message);
  });

  test('throws while it is loaded', async () => {
    const part = 'interface Prices { mug: number }\n\nexport const price = (undefined as unknown as Prices).mug;\n';
    const bot = "import { price } from './part.ts';\nexport default { plugins: [], fallback: String(price) };\n";
    const message = await complaint({ 'bot.ts': bot, 'part.ts': part });
    expect(message).toContain("Cannot read properties of undefined (reading 'mug')");
    expect(message).toMatch(/at .*shop\/part\.ts:3:/);
  });

  test('never ends loading', async () => {
    const message = await complaint('let n = 0;\nfor (;;) n += 1;\nexport default { plugins: [], n };\n');
    expect(message).toMatch(/It does too much at once[^]*shop\/bot\.ts:2:/);
  });

  test('gives a plugin wrong options', async () => {
    const bot =
      "import { defineBot } from 'everthread';\nimport { faq } from 'everthread/plugins';\n\nexport default defineBot({ plugins: [faq([])] });\n";
    expect(await complaint(bot)).toMatch(/faq: "questions" must be a list with a question[^]*shop\/bot\.ts:4:/);
  });

  test('names an option that does not exist, and a sequence that is not in the bot', async () => {
    const options = [
      "import { handoff } from 'everthread/plugins';",
      'const plugin = handoff({',
      '  on: /human/i,',
      '  afterMiss: 3,',
      '});',
      'export default { plugins: [plugin] };',
    ];
    expect(await complaint(options.join('\n'))).toMatch(
      /handoff: "afterMiss" is no option\. Did you mean "afterMisses"\?[^]*shop\/bot\.ts:4:/,
    );
    const part = [
      "import { menu } from 'everthread/plugins';",
      "export const main = menu({ text: 'What?', choices: [",
      "  { title: 'Remind me', starts: 'remider' },",
      '] });',
    ];
    const bot = [
      "import { main } from './menu.ts';",
      "export default { plugins: [main], sequences: [{ name: 'reminder', async run() {} }] };",
    ];
    expect(await complaint({ 'bot.ts': bot.join('\n'), 'menu.ts': part.join('\n') })).toMatch(
      /starts the sequence "remider", which is not in the bot\. Did you mean "reminder"\?[^]*shop\/menu\.ts:3:/,
    );
  });

  test('names topics that nobody emits, and sequences in its code: all of them at once', async () => {
    const bot = [
      "import { email, leadCapture, analytics } from 'everthread/plugins';",
      "const form = leadCapture({ on: /price/i, fields: { email: email('Which?') } });",
      "const funnels = analytics({ funnels: { lead: ['lead-capture.started', 'lead-capture.done'] } });",
      'const shop = { name: "shop", async onMessage(ctx, { text }) {',
      "  if (text === 'buy') ctx.emit('order.placed');",
      "  if (text === 'offer') await ctx.startSequence('ofer');",
      "  return 'pass';",
      '} };',
      'const offer = {',
      "  name: 'offer',",
      "  startOn: 'lead-capture.completd',",
      "  stopOn: ['reply', 'opt-out', 'order.place'],",
      '  async run(seq) {',
      "    await seq.waitFor('parcel.lost', '2 days');",
      "    await seq.waitFor('order.shipped', '2 days');",
      '  },',
      '};',
      "export default { plugins: [form, funnels, shop], sequences: [offer], topics: { 'order.shipped': true } };",
    ];
    const lines = (await complaint({ 'bot.ts': bot.join('\n') })).split('\n');
    expect(lines).toEqual([
      expect.stringContaining(`startSequence('ofer') names a sequence that is not in the bot. Did you mean "offer"?`),
      expect.stringMatching(/shop\/bot\.ts:6:/),
      expect.stringMatching(
        /No plugin emits the topic "lead-capture\.completd", which `startOn` of sequence "offer" needs\. Did you mean "lead-capture\.completed"\?/,
      ),
      expect.stringMatching(/shop\/bot\.ts:11:/),
      expect.stringMatching(
        /"order\.place", which `stopOn` of sequence "offer" needs\. Did you mean "order\.placed"\?/,
      ),
      expect.stringMatching(/shop\/bot\.ts:12:/),
      expect.stringContaining('"lead-capture.done", which plugin "analytics" needs.'),
      expect.stringMatching(/shop\/bot\.ts:3:/),
      expect.stringContaining(`"parcel.lost", which waitFor('parcel.lost') needs. If it comes from outside the bot,`),
      expect.stringMatching(/shop\/bot\.ts:14:/),
    ]);
  });

  test.each([
    ['^(\\w+\\s?)*$/u', 'Leave out the flag u, or write it without'],
    ['^(?=(a+)+b)/', 'Leave out the lookahead or lookbehind, or write it without'],
    ['(a{1,1000}){1,1000}b/i', 'Leave out repeat counts above 16, or write it without'],
  ])('has a pattern that a short text can hold up for ever: /%s', async (pattern, cure) => {
    const bot = `import { faq } from 'everthread/plugins';\n\nconst plugins = [faq([{ match: /${pattern}, answer: 'Hi' }])];\nexport default { plugins };\n`;
    const message = await complaint(bot);
    expect(message).toContain(`The pattern /${pattern} takes for ever on a text of 200 characters`);
    expect(message).toContain(cure);
    expect(message).toMatch(/at .*shop\/bot\.ts:3:/);
  });

  test('has two plugins of one name', async () => {
    const bot = "export default { plugins: [{ name: 'a' }, { name: 'a' }] };\n";
    expect(await complaint(bot)).toContain('Two plugins are called "a".');
  });
});

test('a bot may be plain JavaScript, use the clock while it is loaded, and old CommonJS', async () => {
  const old =
    "#!/usr/bin/env node\n'use strict';\nfor (var i = 0; i < 3; i++);\nvar f = String\nf(1)\nmodule.exports = { word: 'Hi' + i };\n";
  const older = 'var await = 1; with (Math) var top = max(await, 010);\nmodule.exports = top;\n';
  const bot = [
    "import { word } from './old.cjs';",
    "import top from './older.cjs';",
    'const now = new Date(Date.now() + Math.random());',
    'export default { plugins: [], fallback: `${word} ${top} ${now.getFullYear() > 2000}` };',
  ];
  const file = botFiles({ 'bot.ts': bot.join('\n'), 'old.cjs': old, 'older.cjs': older });
  const warnings: string[] = [];
  const { code } = await bundleBot(file, { warn: (_, words) => void warnings.push(words) });
  expect(code.length).toBeGreaterThan(0);
  expect(warnings).toEqual([expect.stringMatching(/bot\.ts:3:\d+ reads the clock while the bot is loaded.*ctx\.now/)]);
});

test('a worker with a broken bot does not start', async () => {
  const bot = botFiles({ 'bot.ts': "throw new Error('no prices today');\n" });
  const starting = startStage({ bot, temporalAddress: inject('temporalAddress') });
  await expect(starting).rejects.toThrow('no prices today');
});

test('a bot that calls what activities.ts lacks is told who calls what', async () => {
  const lines = [
    "import { definePlugin, declareActivities } from 'everthread';",
    "const crm = definePlugin({ name: 'crm', activities: declareActivities({ save: {}, mail: {} }) });",
    'export default { plugins: [crm] };',
  ];
  const { facts } = await bundleBot(botFiles({ 'bot.ts': lines.join('\n') }), { warn: () => {} });
  const there = { mail: async () => {} };
  expect(() => checkActivities(facts.activities, there, 'shop')).toThrow(
    'activities.ts in shop lacks what the bot needs: the plugin "crm" calls save. Add it there:',
  );
  expect(() => checkActivities(facts.activities, { ...there, save: async () => {} }, 'shop')).not.toThrow();
});
