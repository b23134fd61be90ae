import { setTimeout as delay } from 'node:timers/promises';
import { startCrowd, type CrowdReport } from '../support/crowd.ts';
import { startKillable } from '../support/killable-process.ts';
import { untilSettled, type Leftovers } from '../support/leftovers.ts';
import { botFile, type ChaosStage } from '../support/stage.ts';

export interface OutageOptions {
  readonly people: number;
  readonly messagesPerSecond: number;
  /** How long Temporal is away. */
  readonly awayMs: number;
}

export interface OutageReport extends CrowdReport, Leftovers {
  /** Of the webhooks that came while Temporal was away. */
  readonly acked: number;
  readonly slowestAckWhileAwayMs: number;
  readonly exitCode: number | null;
}

/** `everthread start` under load while Temporal is stopped for a while: webhooks must be taken all the same. */
export async function stopTemporal(stage: ChaosStage, options: OutageOptions): Promise<OutageReport> {
  const killable = startKillable(['start', botFile], stage.env, stage.folder);
  const crowd = startCrowd(stage.simulator, options);
  await crowd.untilTalking();

  let acks: number[] = [];
  await stage.restartTemporal(async () => {
    const awaySince = Date.now();
    await delay(options.awayMs);
    await stage.simulator.waitForDeliveries();
    acks = acksSince(stage, awaySince);
  });
  await crowd.stop();
  await crowd.untilAnswered(120_000);
  const leftovers = await untilSettled(stage.env['DATABASE_URL'] ?? '');
  const whileAway = { acked: acks.length, slowestAckWhileAwayMs: Math.max(0, ...acks) };
  return { ...(await crowd.report()), ...leftovers, ...whileAway, exitCode: await killable.stop() };
}

/** How long each webhook took that brought a message since then and was taken. */
function acksSince({ simulator }: ChaosStage, since: number): number[] {
  return simulator
    .people()
    .flatMap(({ psid }) => simulator.thread(psid).timeline)
    .filter(({ kind, at }) => kind === 'said' && at >= since)
    .flatMap(({ webhooks }) => webhooks)
    .flatMap(({ isAccepted, tookMs }) => (isAccepted && tookMs !== undefined ? [tookMs] : []));
}
