import { expect, test } from 'vitest';
import { startKillable } from './support/killable-process.ts';
import { aChaosStage } from './support/short-runs.ts';
import { writeBot } from './support/stage.ts';

test('a worker that is stopped before it is ready stops in order, whatever its activities hold open', async () => {
  const { env, folder } = await aChaosStage();
  // A complaint about a name is the last thing it says before it heeds signals; then it bundles the bot, for seconds.
  const worker = startKillable(
    ['worker', writeBot(folder, 'setInterval(() => {}, 60_000);')],
    { ...env, MESSENGER_TYPO: 'x' },
    folder,
  );
  await worker.untilPrinted('MESSENGER_TYPO is no variable');
  expect(await worker.stop()).toBe(0);
});
