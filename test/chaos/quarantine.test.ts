/** Code that kills the worker, or never ends: one `start` lives through it, and everybody else is answered meanwhile. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { endAllKillables, startKillable, type KillableProcess } from './support/killable-process.ts';
import { startChaosStage, type ChaosStage } from './support/stage.ts';

const timeout = 240_000;
const WAIT = { timeout: 90_000, interval: 200 };

const MEMORY =
  'let big = [1]; while (big.length < 2e6) big = big.concat(big); const all: number[][] = []; for (;;) all.push(big.slice());';
/** One native step, which nothing can interrupt. */
const SEARCH = 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);';

/** Writes a bot that answers every word, and does harm when it is asked to: in a hook, in a sequence, in an activity. */
function writeBot(folder: string, harm: { readonly ofHook: string; readonly ofSequence: string }): string {
  const bot = join(folder, 'bot.ts');
  writeFileSync(
    bot,
    `import { declareActivities, defineBot, definePlugin, defineSequence } from 'everthread';
import type { activities } from './activities.ts';
const poison = definePlugin({
  name: 'poison',
  activities: declareActivities<typeof activities>({ loop: { retry: { maximumAttempts: 1 } } }),
  async onMessage(ctx, { text = '' }) {
    if (text === 'harm') { ${harm.ofHook} }
    if (text === 'loop') await ctx.activities.loop().catch(() => {});
    if (text === 'start') await ctx.startSequence('harmful');
    await ctx.send('Answer to ' + text);
    return 'handled';
  },
});
const harmful = defineSequence({ name: 'harmful', async run(seq) { await seq.send('wait'); ${harm.ofSequence} } });
export default defineBot({ plugins: [poison], sequences: [harmful] });
`,
  );
  writeFileSync(join(folder, 'activities.ts'), 'export const activities = { async loop() { for (;;); } };\n');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return bot;
}

let stage: ChaosStage;
let start: KillableProcess;
let neighbour: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  stage = await startChaosStage(inject('temporalCli'));
  // Less memory is filled sooner.
  env = { ...stage.env, LOG_LEVEL: 'info', NODE_OPTIONS: '--max-old-space-size=600' };
  start = startKillable(['start', writeBot(stage.folder, { ofHook: MEMORY, ofSequence: SEARCH })], env, stage.folder);
  await start.untilPrinted('Accepting webhooks');
  await start.untilPrinted('The worker is ready');
  neighbour = aPerson();
  await answers(neighbour, 'hello');
}, timeout);

afterAll(async () => {
  await endAllKillables();
  await stage.close();
});

const aPerson = () => stage.simulator.addPerson().psid;
const conversationOf = (psid: string) => `messenger:${env['MESSENGER_PAGE_ID']}:${psid}`;
const dead = (...args: string[]) => runCli(['dead', ...args], { cwd: stage.folder, env });

function heard(psid: string): readonly (string | undefined)[] {
  const { bubbles } = stage.simulator.thread(psid);
  return bubbles.filter(({ author }) => author === 'bot').map(({ text }) => text);
}

async function answers(psid: string, text: string): Promise<void> {
  stage.simulator.says(psid, text);
  await vi.waitUntil(() => heard(psid).includes(`Answer to ${text}`), WAIT);
}

test('an activity that never ends: the worker is started again, and all are answered', { timeout }, async () => {
  const culprit = aPerson();
  stage.simulator.says(culprit, 'loop');
  await start.untilPrinted('The worker has been silent for 30 seconds');
  await start.untilPrinted('The worker is ready', 2);
  await answers(neighbour, 'are you there?');
  // Its activity was tried once, and failed.
  await vi.waitUntil(() => heard(culprit).includes('Answer to loop'), WAIT);
  expect(start.output()).not.toContain('quarantined');
});

test('a sequence with a search that never ends is quarantined alone', { timeout }, async () => {
  const culprit = aPerson();
  await answers(culprit, 'start');
  await start.untilPrinted('A workflow is quarantined');
  expect(start.output()).toContain(`sequence:harmful:${conversationOf(culprit)}`);
  await answers(neighbour, 'still?');
  await answers(culprit, 'is my conversation alive?');
});

test('memory that is filled: two strikes, then a quarantine that a new build ends', { timeout }, async () => {
  const culprit = aPerson();
  stage.simulator.says(culprit, 'harm');
  await start.untilPrinted('A workflow is quarantined', 2);
  await answers(neighbour, 'and you?');

  const list = (await dead('list')).output;
  expect(list).toContain(`${conversationOf(culprit)}  `);
  expect(list).toContain('quarantined, 2 strikes');
  // Every webhook was acknowledged at once.
  for (const psid of [culprit, neighbour])
    expect(stage.simulator.thread(psid).bubbles.filter(({ mark }) => mark === 'waiting')).toEqual([]);
  expect(await start.stop()).toBe(0);

  const mended = startKillable(['start', writeBot(stage.folder, { ofHook: '', ofSequence: '' })], env, stage.folder);
  await vi.waitUntil(() => heard(culprit).includes('Answer to harm'), { timeout: 120_000, interval: 200 });
  expect(await mended.stop()).toBe(0);
  expect((await dead('list')).output).not.toContain('quarantined, ');
});
