import { expect, test } from 'vitest';
import { killAtRandom } from './runs/kills.ts';
import { aStage, everyMessageOnce, load, timeout } from './short.ts';

test('killed again and again, everything acknowledged is answered, nothing twice, in order', { timeout }, async () => {
  const kills = { kills: 3, longestLifeMs: 4000, longestWorkMs: 2000, troubleEveryMs: 2000 };
  const report = await killAtRandom(await aStage(), { ...load, ...kills });
  expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
  expect(report.acknowledged).toBe(report.messages);
  expect(report.messages).toBeGreaterThan(0);
});
