import { expect, inject, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { killDev } from './runs/dev-kills.ts';
import { endAllKillables } from './support/killable-process.ts';
import { everyMessageOnce, load, timeout } from './support/short-runs.ts';

test('dev continues with everything after it was killed and its Temporal left behind', { timeout }, async () => {
  const folder = temporaryFolder();
  onTestFinished(endAllKillables);
  const report = await killDev({ ...load, kills: 1, longestLifeMs: 4000, folder, temporalCli: inject('temporalCli') });
  expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0, leftBehind: 0 });
  expect(report.messages).toBeGreaterThan(0);
});
