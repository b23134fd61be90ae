import { setTimeout as delay } from 'node:timers/promises';
import type { ThreadView } from '../../../src/simulator/index.ts';
import { freePort } from '../../../src/temporal/server/free-port.ts';
import { startCrowd, type CrowdTarget, type CrowdReport } from '../support/crowd.ts';
import { startKillable } from '../support/killable-process.ts';
import { untilSettled, type Leftovers } from '../support/leftovers.ts';
import { botFile } from '../support/stage.ts';
import type { KillOptions } from './kills.ts';

export interface DevKillReport extends CrowdReport, Leftovers {
  readonly exitCode: number | null;
  /** Processes that were still there after the last, orderly end. */
  readonly leftBehind: number;
}

export interface DevKillOptions extends KillOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly temporalCli: string;
}

/** `everthread dev` killed as a whole, the simulator with it. Temporal stays behind each time, and the next start ends it. */
export async function killDev(options: DevKillOptions): Promise<DevKillReport> {
  const { folder, temporalCli, kills } = options;
  const port = await freePort();
  const env = { PORT: String(port), TEMPORAL_CLI: temporalCli, LOG_LEVEL: 'warn' };
  const killable = startKillable(['dev', botFile], env, folder);
  await killable.untilPrinted('Ctrl-C stops it');
  const crowd = startCrowd(placeBehind(`http://127.0.0.1:${port}/simulator/api/people`), options);
  for (let kill = 1; kill <= kills; kill += 1) {
    await delay(Math.random() * options.longestLifeMs);
    await killable.kill();
    options.onKill?.(kill);
    // Two at once would look like somebody else's: a start that is killed half-way is part of the next round.
    if (kill % 3 !== 0) await killable.untilPrinted('Ctrl-C stops it');
  }
  await killable.untilPrinted('Ctrl-C stops it');
  await crowd.stop();
  await crowd.untilAnswered(120_000);
  const leftovers = await untilSettled(`file:${folder}/.everthread/store.db`);
  const report = await crowd.report();
  const exitCode = await killable.stop('SIGINT');
  return { ...report, ...leftovers, exitCode, leftBehind: (await killable.descendants()).length };
}

/** The simulator's endpoints. Nobody can write while it is dead; whoever tries has not said anything, or has. */
function placeBehind(url: string): CrowdTarget {
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as { readonly psid: string };
  };
  return {
    addPerson: () => post('', {}),
    says: (psid, text) => post(`/${psid}/messages`, { text }).catch(() => {}),
    thread: async (psid) => (await (await fetch(`${url}/${psid}`)).json()) as ThreadView,
  };
}
