import { expect, test } from 'vitest';
import { aStage } from './short.ts';
import { botFile } from './stage.ts';
import { startVictim } from './victim.ts';

test('a worker that is asked to stop before it takes work stops in order', async () => {
  const { env, folder } = await aStage();
  // A complaint about a name is the last thing it says before it heeds signals; then it bundles the bot, for seconds.
  const worker = startVictim(['worker', botFile], { ...env, MESSENGER_TYPO: 'x' }, folder);
  await worker.says('MESSENGER_TYPO is no variable');
  expect(await worker.stop()).toBe(0);
});
