/**
 * Loaded into `one-process.ts` by `--import`, before anything else: at a random moment it leaves the files of the store as
 * a power cut would, in a folder beside them, and ends the process with SIGKILL.
 */

import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { tsImport } from 'tsx/esm/api';

const CHANCE = 0.3;

const { POWER_CUT_FILE: file, POWER_CUT_WITHIN_MS: withinMs } = process.env;

if (file !== undefined && isMainThread && existsSync(`${file}.cut-power`)) {
  // Processes that this one starts have disks of their own.
  delete process.env['POWER_CUT_FILE'];
  const { randomFrom, watchDisk } = await tsImport('./watched-disk.ts', import.meta.url);
  const random = randomFrom(Date.now());
  const cutAt = Date.now() + random() * Number(withinMs);
  const disk = watchDisk(file, random, () => {
    if (Date.now() < cutAt || random() > CHANCE) return;
    disk.cut(`${file}.after-cut`);
    process.kill(process.pid, 'SIGKILL');
    // Nothing may happen until the signal arrives.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}
