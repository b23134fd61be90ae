import { expect, test } from 'vitest';
import { killAtRandom } from './runs/kills.ts';
import { aChaosStage, everyMessageOnce, load, timeout } from './support/short-runs.ts';

test('after many kills every acknowledged message is answered once, in order', { timeout }, async () => {
  const kills = { kills: 3, longestLifeMs: 4000, longestWorkMs: 2000, troubleEveryMs: 2000 };
  const report = await killAtRandom(await aChaosStage(), { ...load, ...kills });
  expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
  expect(report.acknowledged).toBe(report.messages);
  expect(report.messages).toBeGreaterThan(0);
});
