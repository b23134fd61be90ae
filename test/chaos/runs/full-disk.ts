import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { startCrowd, type CrowdOptions, type CrowdReport } from '../support/crowd.ts';
import { startKillable } from '../support/killable-process.ts';
import { untilSettled, type Leftovers } from '../support/leftovers.ts';
import { botFile, type ChaosStage } from '../support/stage.ts';

export interface FullDiskOptions extends CrowdOptions {
  readonly fullMs: number;
}

export interface FullDiskReport extends CrowdReport, Leftovers {
  /** Webhooks that were answered with 503 while nothing could be written. */
  readonly refused: number;
  /** What the log said of it. */
  readonly reasons: readonly string[];
  readonly exitCode: number | null;
}

/** `everthread start` under load while its files cannot grow: a limit for one file is the full disk that needs no root. */
export async function fillDisk(stage: ChaosStage, { fullMs, ...load }: FullDiskOptions): Promise<FullDiskReport> {
  const killable = startKillable(['start', botFile], stage.env, stage.folder);
  const crowd = startCrowd(stage.simulator, load);
  await crowd.untilTalking();
  limitFiles(killable.pid, '4096');
  await delay(fullMs);
  const refused = refusedNow(stage);
  limitFiles(killable.pid, 'unlimited');
  await crowd.stop();
  await crowd.untilAnswered(120_000);
  const leftovers = await untilSettled(stage.env['DATABASE_URL'] ?? '');
  const reasons = killable.output().match(/The store cannot write: [^"]*/g) ?? [];
  const report = await crowd.report();
  return { ...report, ...leftovers, refused, reasons: [...new Set(reasons)], exitCode: await killable.stop() };
}

function limitFiles(pid: number, bytes: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`prlimit failed: ${stderr}`);
}

function refusedNow({ simulator }: ChaosStage): number {
  return simulator
    .people()
    .flatMap(({ psid }) => simulator.thread(psid).timeline)
    .flatMap(({ webhooks }) => webhooks)
    .filter(({ isAccepted, lastAnswer }) => !isAccepted && lastAnswer === '503').length;
}
