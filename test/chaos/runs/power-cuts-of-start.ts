import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStore } from '../../../src/store/index.ts';
import { startCrowd, type CrowdReport } from '../support/crowd.ts';
import { startKillable } from '../support/killable-process.ts';
import { untilSettled, type Leftovers } from '../support/leftovers.ts';
import { botFile, type ChaosStage } from '../support/stage.ts';

export interface PowerCutsOfStartOptions {
  readonly cuts: number;
  readonly people: number;
  readonly messagesPerSecond: number;
  /** The power is cut at most so long after the process has begun. */
  readonly longestLifeMs: number;
  readonly onCut?: (cut: number) => void;
}

export interface PowerCutsOfStartReport extends CrowdReport, Leftovers {
  readonly exitCode: number | null;
  readonly output: string;
}

const support = (file: string) => join(import.meta.dirname, '..', 'support', file);
const HOOK = pathToFileURL(support('power-cut-hook.mjs')).href;
/** The hook sees the writes of one process only. */
const ONE_PROCESS = [
  '--conditions=everthread-source',
  '--import',
  import.meta.resolve('tsx'),
  support('one-process.ts'),
];

/** Api and worker under load on a machine that loses power again and again; Meta and Temporal run on others. */
export async function cutPowerOfStart(
  stage: ChaosStage,
  { cuts, longestLifeMs, onCut, ...load }: PowerCutsOfStartOptions,
): Promise<PowerCutsOfStartReport> {
  const url = stage.env['DATABASE_URL'] ?? '';
  const file = url.slice('file:'.length);
  await (await openStore(url)).close();
  writeFileSync(`${file}.cut-power`, '');
  const env = {
    ...stage.env,
    LOG_LEVEL: 'info',
    NODE_OPTIONS: `--import=${HOOK}`,
    POWER_CUT_FILE: file,
    POWER_CUT_WITHIN_MS: String(longestLifeMs),
  };
  const killable = startKillable([botFile], env, stage.folder, { program: ONE_PROCESS });
  const crowd = startCrowd(stage.simulator, load);
  for (let cut = 1; cut <= cuts; cut += 1) {
    await killable.restartWhenDead(() => {
      restoreDisk(file, killable.output);
      if (cut === cuts) rmSync(`${file}.cut-power`);
    });
    onCut?.(cut);
  }
  await crowd.stop();
  await crowd.untilAnswered(120_000);
  const leftovers = await untilSettled(url);
  return { ...(await crowd.report()), ...leftovers, exitCode: await killable.stop(), output: killable.output() };
}

/** What was in the kernel's cache only is gone. */
function restoreDisk(file: string, output: () => string): void {
  const image = join(`${file}.after-cut`, 'store.db');
  if (!existsSync(image)) throw new Error(`It ended by itself, not by a power cut:\n${output().slice(-5000)}`);
  for (const suffix of ['', '-wal']) renameSync(`${image}${suffix}`, `${file}${suffix}`);
  rmSync(`${file}-shm`, { force: true });
  rmSync(`${file}.after-cut`, { recursive: true });
}
