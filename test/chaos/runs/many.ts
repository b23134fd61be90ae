import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../../src/temporal/server/free-port.ts';
import { startBalancer } from '../support/balancer.ts';
import { startCrowd, type CrowdReport } from '../support/crowd.ts';
import { injectFaults } from '../support/fault-injection.ts';
import { startKillable, type KillableProcess } from '../support/killable-process.ts';
import { untilSettled, type Leftovers } from '../support/leftovers.ts';
import { botFile, type ChaosStage } from '../support/stage.ts';
import type { KillOptions } from './kills.ts';

/** Two api and two worker processes on one PostgreSQL and one Temporal; one of them is killed each time, an api and a worker in turn. */
export async function killOneOfMany(
  stage: ChaosStage,
  postgresUrl: string,
  options: KillOptions,
): Promise<CrowdReport & Leftovers> {
  const ports = [await freePort(), await freePort()];
  const healthPorts = [await freePort(), await freePort()];
  const balancer = await startBalancer(Number(stage.env['PORT']), ports);
  const env = { ...stage.env, DATABASE_URL: postgresUrl, LOG_LEVEL: 'info' };
  const processes: KillableProcess[] = [
    ...ports.map((port) => startKillable(['api'], { ...env, PORT: String(port) }, stage.folder)),
    ...healthPorts.map((port) => startKillable(['worker', botFile, '--port', String(port)], env, stage.folder)),
  ];
  try {
    const crowd = startCrowd(stage.simulator, options);
    const stopTrouble = options.troubleEveryMs ? injectFaults(stage.simulator, options.troubleEveryMs) : () => {};
    // Whoever is killed is at work.
    await Promise.all(
      processes.map((killable, index) =>
        killable.untilPrinted(index < ports.length ? 'Accepting webhooks' : 'The worker is ready'),
      ),
    );
    for (const port of [...ports, ...healthPorts]) await mustBeReady(port);
    await crowd.untilTalking();
    for (let kill = 1; kill <= options.kills; kill += 1) {
      await delay(Math.random() * options.longestLifeMs);
      await processes[(kill % 2) * 2 + Math.floor(Math.random() * 2)]?.kill();
      options.onKill?.(kill);
    }
    await crowd.stop();
    stopTrouble();
    await crowd.untilAnswered(120_000);
    const leftovers = await untilSettled(postgresUrl);
    return { ...(await crowd.report()), ...leftovers };
  } finally {
    await Promise.all(processes.map((killable) => killable.stop()));
    await balancer.close();
  }
}

/** One that is ready says so on the port of its own; a moment may be too busy for its question to Temporal. */
async function mustBeReady(port: number): Promise<void> {
  for (const giveUpAt = Date.now() + 30_000; ; await delay(200)) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    if (answer.ok) return;
    if (Date.now() > giveUpAt)
      throw new Error(`It says it works, and answers ${answer.status}: ${await answer.text()}`);
  }
}
