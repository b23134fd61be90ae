/** Facts about the machine, which the numbers depend on. */

import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { spread } from './numbers.ts';
import { monotonicMs } from './processes/child-process.ts';

/** Facts by name, as the report lists them. */
export interface MachineFacts {
  readonly [fact: string]: string;
}

/** Reads the facts and measures fsync. */
export function machineFacts(temporalCli: string): MachineFacts {
  const fsync = fsyncCost();
  const [load = 0] = loadavg();
  return {
    Machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    System: `${type()} ${release()}, Node ${process.version}`,
    Temporal: `${execFileSync(temporalCli, ['--version'], { encoding: 'utf8' }).trim()}; SDK ${sdkVersion()}`,
    'fsync of 4 KiB': `p50 ${fsync.p50.toFixed(2)} ms, p99 ${fsync.p99.toFixed(2)} ms`,
    'Load before': `${load.toFixed(1)} (1 minute)`,
  };
}

function sdkVersion(): string {
  const file = createRequire(import.meta.url).resolve('@temporalio/worker/package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** On the disk where the stores will be. */
function fsyncCost() {
  const folder = mkdtempSync(join('.everthread', 'fsync-'));
  const file = openSync(join(folder, 'probe'), 'w');
  const block = Buffer.alloc(4096, 1);
  const times = Array.from({ length: 200 }, () => {
    const since = monotonicMs();
    writeSync(file, block);
    fsyncSync(file);
    return monotonicMs() - since;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return spread(times);
}
