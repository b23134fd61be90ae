import { setTimeout as delay } from 'node:timers/promises';
import { startCrowd, type CrowdReport } from '../support/crowd.ts';
import { injectFaults } from '../support/fault-injection.ts';
import { startKillable } from '../support/killable-process.ts';
import { untilSettled, type Leftovers } from '../support/leftovers.ts';
import { botFile, type ChaosStage } from '../support/stage.ts';

export interface KillOptions {
  readonly kills: number;
  readonly people: number;
  readonly messagesPerSecond: number;
  /** A life lasts at most so long, start included. */
  readonly longestLifeMs: number;
  /** Every second life, the first among them, comes to work, and then lasts at most so long; left out: chance alone decides. */
  readonly longestWorkMs?: number;
  /** Every so often a send goes wrong at Meta; left out: never. */
  readonly troubleEveryMs?: number;
  readonly onKill?: (kill: number) => void;
}

export interface KillReport extends CrowdReport, Leftovers {
  readonly exitCode: number | null;
  readonly output: string;
}

/** `everthread start` under load, killed with SIGKILL at random moments and started again at once. */
export async function killAtRandom(stage: ChaosStage, options: KillOptions): Promise<KillReport> {
  const killable = startKillable(['start', botFile], { ...stage.env, LOG_LEVEL: 'info' }, stage.folder);
  const crowd = startCrowd(stage.simulator, options);
  const stopTrouble = options.troubleEveryMs ? injectFaults(stage.simulator, options.troubleEveryMs) : () => {};
  for (let kill = 1; kill <= options.kills; kill += 1) {
    const comesToWork = options.longestWorkMs !== undefined && kill % 2 === 1;
    if (comesToWork) await killable.untilPrinted('The worker is ready');
    await delay(Math.random() * ((comesToWork && options.longestWorkMs) || options.longestLifeMs));
    await killable.kill();
    options.onKill?.(kill);
  }
  await crowd.stop();
  stopTrouble();
  await crowd.untilAnswered(120_000);
  const leftovers = await untilSettled(stage.env['DATABASE_URL'] ?? '');
  return { ...(await crowd.report()), ...leftovers, exitCode: await killable.stop(), output: killable.output() };
}
