/** Two builds of a bot side by side, on the real engine. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, inject, onTestFinished, test } from 'vitest';
import { fixedPages } from '../../src/graph/pages.ts';
import { bundleBot } from '../../src/temporal/bundling/bundle-bot.ts';
import { createSimulatedConversation } from '../../src/testing/simulated-conversation.ts';
import { PAGE, SECRETS, startStage, type Stage } from '../../src/testing/stage/index.ts';
import { startWorker } from '../../src/worker.ts';
import { until } from '../support/talk.ts';

const botThatSays = (word: string) => `
import { defineBot, definePlugin, defineSequence } from 'everthread';
const nap = defineSequence({
  name: 'nap',
  async run(seq) {
    await seq.sleep('1 hour');
    await seq.send('woke up with ${word}');
  },
});
const talk = definePlugin({
  name: 'talk',
  async onMessage(ctx, message) {
    if (message.text === 'nap') await ctx.startSequence('nap');
    await ctx.send('${word}');
    return 'handled';
  },
});
export default defineBot({ plugins: [talk], sequences: [nap] });
`;

/** A build of the bot at work, until the test ends. */
async function work(stage: Stage, folder: string, buildId: string): Promise<void> {
  const bot = join(folder, `${buildId}.ts`);
  writeFileSync(bot, botThatSays(buildId));
  const { namespace, client, store, simulator, url } = stage;
  const worker = startWorker({
    bot,
    bundle: await bundleBot(bot, { warn: () => {} }),
    store,
    client,
    temporal: { namespace, connection: { address: inject('temporalAddress') } },
    graph: { url: `${url}/simulator/graph`, version: 'v25.0', appSecret: SECRETS.appSecret },
    pages: fixedPages({ [PAGE]: SECRETS.accessToken }),
    clock: simulator.clock,
    log: pino({ level: 'silent' }),
    deployment: { name: 'shop', buildId },
  });
  onTestFinished(() => worker.stop());
  await worker.ready;
}

/** As `temporal worker deployment set-current-version` does it; the server hears of a build with its first poll. */
async function makeCurrent({ client, namespace }: Stage, buildId: string): Promise<void> {
  await until(() =>
    client.workflowService
      .setWorkerDeploymentCurrentVersion({ namespace, deploymentName: 'shop', buildId, identity: 'test' })
      .then(
        () => true,
        () => false,
      ),
  );
}

test('a conversation goes over to the new build when it continues as new, a sequence ends with the one it began with', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'everthread-builds-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'unversioned.ts'), botThatSays('unversioned'));
  const stage = await startStage({ bot: join(folder, 'unversioned.ts'), temporalAddress: inject('temporalAddress') });
  onTestFinished(() => stage.stop());
  await work(stage, folder, 'one');
  await makeCurrent(stage, 'one');

  const talk = createSimulatedConversation(stage, {});
  await talk.says('nap');
  expect(talk.heard()).toEqual(['one']);
  await work(stage, folder, 'two');
  await talk.says('hello');
  expect(talk.heard()).toEqual(['one']);

  await makeCurrent(stage, 'two');
  // The engine tells it of the new build with one of its next steps, which ends with the code it began with.
  const hello = async () => {
    await talk.says('hello');
    return talk.heard();
  };
  await expect.poll(hello, { timeout: 30_000 }).toEqual(['two']);

  await talk.skip('61 minutes');
  expect(talk.heard()).toEqual(['woke up with one']);
  expect(await talk.sequence('nap').result()).toBe('finished');
});
