/** A conversation whose code kills the worker, or never ends, is quarantined; everybody else is answered meanwhile. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Simulator } from '../../src/simulator/index.ts';
import { runCli } from '../cli/run-cli.ts';
import { startKillable } from './support/killable-process.ts';
import { aChaosStage } from './support/short-runs.ts';

const timeout = 240_000;
const WAIT = { timeout: 90_000, interval: 200 };

/** A bot that answers every word, and has code that does harm when it is asked to. */
function writePoisonedBot(folder: string, harm: string): string {
  const bot = join(folder, 'bot.ts');
  writeFileSync(
    bot,
    `import { declareActivities, defineBot, definePlugin, defineSequence } from 'everthread';
import type { activities } from './activities.ts';
const harm = async (wait: () => Promise<unknown>) => { ${harm} };
const poison = definePlugin({
  name: 'poison',
  activities: declareActivities<typeof activities>({ loop: { retry: { maximumAttempts: 1 } } }),
  async onMessage(ctx, { text = '' }) {
    if (text === 'harm') await harm(() => ctx.send('wait'));
    if (text === 'loop') await ctx.activities.loop().catch(() => {});
    if (text === 'start') await ctx.startSequence('harmful');
    await ctx.send('Answer to ' + text);
    return 'handled';
  },
});
const harmful = defineSequence({ name: 'harmful', async run(seq) { await harm(() => seq.send('wait')); } });
export default defineBot({ plugins: [poison], sequences: [harmful] });
`,
  );
  writeFileSync(join(folder, 'activities.ts'), 'export const activities = { async loop() { for (;;); } };\n');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return bot;
}

function heard(simulator: Simulator, psid: string): readonly (string | undefined)[] {
  return simulator
    .thread(psid)
    .bubbles.filter(({ author }) => author === 'bot')
    .map(({ text }) => text);
}

async function answers(simulator: Simulator, psid: string, text: string): Promise<void> {
  simulator.says(psid, text);
  await vi.waitUntil(() => heard(simulator, psid).includes(`Answer to ${text}`), WAIT);
}

async function aPoisonedStage(harm: string) {
  const stage = await aChaosStage();
  const bot = writePoisonedBot(stage.folder, harm);
  const env: Readonly<Record<string, string>> = { ...stage.env, LOG_LEVEL: 'info' };
  const start = startKillable(['start', bot], env, stage.folder);
  await start.untilPrinted('Accepting webhooks');
  await start.untilPrinted('The worker is ready');
  const [culprit, neighbour] = [stage.simulator.addPerson().psid, stage.simulator.addPerson().psid];
  return { ...stage, simulator: stage.simulator, start, bot, env, culprit, neighbour };
}

test('memory that is filled: two strikes, then a quarantine that a new build ends', { timeout }, async () => {
  const { simulator, start, culprit, neighbour, env, folder, bot } = await aPoisonedStage(
    'let big = [1]; while (big.length < 2e7) big = big.concat(big); const all: number[][] = []; for (;;) all.push(big.slice());',
  );
  const id = `messenger:${env['MESSENGER_PAGE_ID']}:${culprit}`;
  await answers(simulator, neighbour, 'hello');

  simulator.says(culprit, 'harm');
  await start.untilPrinted('A workflow is quarantined');
  await answers(simulator, neighbour, 'and you?');

  const list = await runCli(['dead', 'list'], { cwd: folder, env });
  expect(list.output).toContain(`${id}  `);
  expect(list.output).toContain('quarantined, 2 strikes');
  // Every webhook was acknowledged at once.
  for (const psid of [culprit, neighbour])
    expect(simulator.thread(psid).bubbles.filter(({ mark }) => mark === 'waiting')).toEqual([]);
  expect(await start.stop()).toBe(0);

  writePoisonedBot(folder, 'await wait();');
  const mended = startKillable(['start', bot], env, folder);
  await vi.waitUntil(() => heard(simulator, culprit).includes('Answer to harm'), { timeout: 120_000, interval: 200 });
  expect(await mended.stop()).toBe(0);
});

test(
  'a sequence with a sum that never ends is quarantined alone, and a retry by hand lets it run again',
  { timeout },
  async () => {
    const { simulator, start, culprit, neighbour, env, folder } = await aPoisonedStage(
      'await wait(); let sum = 3n ** 5000000n; sum = sum ** 50n;',
    );
    const id = `sequence:harmful:messenger:${env['MESSENGER_PAGE_ID']}:${culprit}`;
    await answers(simulator, culprit, 'start');
    await start.untilPrinted('A workflow is quarantined');
    expect(start.output()).toContain(id);
    await answers(simulator, neighbour, 'hello');
    await answers(simulator, culprit, 'is my conversation alive?');

    const retry = (...ids: string[]) => runCli(['dead', 'retry', ...ids], { cwd: folder, env });
    expect(await retry(id, 'sequence:unknown')).toEqual({
      code: 1,
      output: `No longer quarantined: ${id}.\nNot quarantined, and left alone: sequence:unknown. See everthread dead list.\n`,
    });
    expect((await runCli(['dead', 'list'], { cwd: folder, env })).output).not.toContain(id);
    expect(await start.stop()).toBe(0);
  },
);

test(
  'an activity that never ends: the worker is started again, webhooks are acknowledged, and all are answered',
  { timeout },
  async () => {
    const { simulator, start, culprit, neighbour } = await aPoisonedStage('await wait();');
    simulator.says(culprit, 'loop');
    await start.untilPrinted('The worker has been silent for 30 seconds');
    await start.untilPrinted('The worker is ready', 2);
    await answers(simulator, neighbour, 'hello');
    // Its activity was tried once, and failed.
    await vi.waitUntil(() => heard(simulator, culprit).includes('Answer to loop'), WAIT);
    expect(start.output()).not.toContain('quarantined');
    expect(await start.stop()).toBe(0);
  },
);
