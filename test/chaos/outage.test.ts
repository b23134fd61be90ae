import { expect, test } from 'vitest';
import { stopTemporal } from './runs/outage.ts';
import { aStage, everyMessageOnce, load, timeout } from './short.ts';

test('while Temporal is away webhooks are taken; afterwards all are answered in order', { timeout }, async () => {
  const report = await stopTemporal(await aStage(), { ...load, awayMs: 4000 });
  expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
  expect(report.acked).toBeGreaterThan(20);
});
