import { setTimeout as delay } from 'node:timers/promises';
import { startCrowd, type Report } from './crowd.ts';
import { botFile, type Stage } from './stage.ts';
import { startVictim } from './victim.ts';

export interface KillOptions {
  readonly kills: number;
  readonly people: number;
  readonly messagesPerSecond: number;
  /** A life lasts at most so long, start included. */
  readonly longestLifeMs: number;
  readonly onKill?: (kill: number) => void;
}

/** `everthread start` under load, killed with SIGKILL at random moments and started again at once. */
export async function killAtRandom(
  stage: Stage,
  options: KillOptions,
): Promise<Report & { exitCode: number | null; output: string }> {
  const victim = startVictim(['start', botFile], stage.env, stage.folder);
  const crowd = startCrowd(stage.simulator, options);
  for (let kill = 1; kill <= options.kills; kill += 1) {
    await delay(Math.random() * options.longestLifeMs);
    await victim.kill();
    options.onKill?.(kill);
  }
  await crowd.stop();
  const report = await crowd.untilAnswered(90_000);
  return { ...report, exitCode: await victim.stop(), output: victim.output() };
}
