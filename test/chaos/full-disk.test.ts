import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fillDisk } from './runs/full-disk.ts';
import { aChaosStage, everyMessageOnce, load, timeout } from './support/short-runs.ts';

// Who cannot set a limit on another process has no full disk to show.
const canLimit = spawnSync('prlimit', ['--version']).status === 0;

test.runIf(canLimit)(
  'with a full disk it answers 503 with the reason, and recovers without loss',
  { timeout },
  async () => {
    const report = await fillDisk(await aChaosStage(), { ...load, fullMs: 3000 });
    expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
    expect(report.refused).toBeGreaterThan(0);
    expect(report.reasons.join('\n')).toContain('The store cannot write: the disk');
  },
);
