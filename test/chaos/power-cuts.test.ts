import { expect, test } from 'vitest';
import { cutPower } from './runs/power-cuts.ts';
import { timeout } from './support/short-runs.ts';

test('a power cut loses nothing that was promised, and makes nothing happen twice', { timeout }, async () => {
  const report = await cutPower({ cuts: 36 });
  expect(report).toMatchObject({
    damagedFiles: 0,
    lostEvents: 0,
    reusedIds: 0,
    lostSends: 0,
    lostLeads: 0,
    neverDelivered: 0,
    calledTwice: 0,
  });
  expect(report.promises).toBeGreaterThan(36);
});
