import { expect, test } from 'vitest';
import { stopTemporal } from './runs/outage.ts';
import { aChaosStage, everyMessageOnce, load, timeout } from './support/short-runs.ts';

test(
  'webhooks are acknowledged while Temporal is unreachable, and answered in order afterwards',
  { timeout },
  async () => {
    const report = await stopTemporal(await aChaosStage(), { ...load, awayMs: 4000 });
    expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
    expect(report.acked).toBeGreaterThan(20);
  },
);
