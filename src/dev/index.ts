/** All of it on one machine: Temporal with its UI, the simulator, api and worker, and everything it knows in one folder. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { storeUrl, type Config } from '../config/index.ts';
import { fixedPages } from '../graph/pages.ts';
import { startConfiguredLeadRelay } from '../leads/outbox-relay.ts';
import { startServer } from '../server.ts';
import { createSimulator, warmUpPageBuild, type Simulator } from '../simulator/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { createBotBundler, findBot } from '../temporal/bundling/bundle-bot.ts';
import { fileName } from '../temporal/bundling/bundle-errors.ts';
import { findTemporalCli } from '../temporal/cli/index.ts';
import { brokenRunsOf, findBroken, resetRun } from '../temporal/replay/broken-runs.ts';
import { createTemporalClient, temporalSettings } from '../temporal/server/connect.ts';
import { startEmbeddedTemporal, type EmbeddedTemporal } from '../temporal/server/embedded-temporal.ts';
import { choosePort, takeTurn } from '../temporal/server/free-port.ts';
import { endLeftOverServer } from '../temporal/server/server-record.ts';
import { TemporalError } from '../temporal/temporal-error.ts';
import { createTimeMachine, type TimeMachine } from '../temporal/time-machine.ts';
import { startWorker } from '../worker.ts';
import { startLiveBot, type BotNews } from './live-bot.ts';

export interface DevOptions {
  readonly bot: string;
  readonly config: Config;
  /** Where everything is kept. Default: `.everthread`. */
  readonly folder?: string;
  readonly temporalCli?: string | undefined;
  readonly log: Logger;
  /** Told what takes a while. */
  readonly progress: (line: string) => void;
}

/** Where a running `dev` can be reached; written to `.everthread/dev.json` for the other commands. */
export interface DevAddresses {
  readonly pid: number;
  readonly url: string;
  readonly temporalAddress: string;
  readonly temporalUiUrl: string;
}

export interface RunningDev {
  readonly addresses: DevAddresses;
  readonly simulator: Simulator;
  readonly store: Store;
  readonly timeMachine: TimeMachine;
  /** Rejects when a part failed by itself. */
  readonly failed: Promise<never>;
  /** Stops everything in order; nothing is lost, no process stays behind. */
  stop(): Promise<void>;
}

const TEMPORAL_FILE = 'temporal.db';
const TEMPORAL_PORT = 7233;
const TEMPORAL_UI_PORT = 8233;
/** An invented Page and app, the same in every example. */
const PAGE_ID = '104857600123456';
const APP_ID = '517776481860111';

export async function startDev(options: DevOptions): Promise<RunningDev> {
  const { config, log, progress } = options;
  const folder = resolve(options.folder ?? '.everthread');
  findBot(options.bot);
  mkdirSync(folder, { recursive: true });
  refuseSecond(folder);
  const { host, port: wanted, isPortSet } = config.http;
  const webhookPort = () => choosePort({ port: wanted, isSetByHand: isPortSet, setting: 'PORT', host });
  if (isPortSet) await webhookPort();
  await endLeftOverServer(join(folder, TEMPORAL_FILE), progress);

  void warmUpPageBuild('simulator');
  const closing: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  };
  const endTurn = await takeTurn();
  closing.push(endTurn);
  try {
    const temporal = await startTemporal(folder, options);
    closing.push(() => temporal.stop());
    const settings = temporalSettings(temporal.address);
    const client = createTemporalClient(settings);
    closing.push(() => client.connection.close());

    const store = await openStore(storeUrl(config));
    closing.push(() => store.close());
    const leadRelay = startConfiguredLeadRelay(config, store, log);
    closing.push(() => leadRelay?.stop());

    const secrets = keepSecrets(folder);
    const pageId = config.pageId ?? PAGE_ID;
    const port = await webhookPort();
    const url = `http://${host}:${port}`;
    const timeMachine: TimeMachine = {
      skip: (conversation, ms) => machine.skip(conversation, ms),
      nextDue: (conversation) => machine.nextDue(conversation),
    };
    const simulator = createSimulator({
      ...secrets,
      file: join(folder, 'simulator.db'),
      pageId,
      pageName: 'Your Page',
      appId: config.appId ?? APP_ID,
      webhookUrl: `${url}/webhook`,
      graphVersion: config.graphVersion,
      log,
      timeMachine,
      runs: {
        broken: (conversation) => brokenRunsOf(client, conversation),
        async reset(workflowId) {
          const run = await findBroken(client, workflowId);
          if (run) await resetRun(client, run);
        },
      },
      ...(temporal.uiUrl !== undefined && { temporalUiUrl: temporal.uiUrl }),
    });
    closing.push(() => simulator.close());
    const { clock } = simulator;
    const machine = createTimeMachine({
      client,
      clock,
      moveClock: (conversation, ms) => simulator.moveClock(conversation, ms),
    });

    const server = await startServer({
      store,
      client,
      clock,
      log,
      host,
      port,
      verifyToken: secrets.verifyToken,
      appSecrets: [secrets.appSecret],
      register: (app) => void app.register(simulator.routes, { prefix: '/simulator' }),
    });
    closing.push(() => server.stop());
    endTurn();

    progress('Bundling the bot …');
    const bundler = createBotBundler(options.bot, log, { isKept: true });
    closing.push(() => bundler.close());
    const live = await startLiveBot({
      bot: options.bot,
      bundler,
      work: (bundle) =>
        startWorker({
          bundle,
          bot: options.bot,
          store,
          temporal: settings,
          client,
          graph: { url: `${url}/simulator/graph`, version: config.graphVersion, appSecret: secrets.appSecret },
          pages: fixedPages({ [pageId]: secrets.accessToken }),
          policy: { ...config.policy, appId: config.appId ?? APP_ID },
          clock,
          log,
        }),
      tell(news) {
        const before = simulator.botProblem();
        simulator.showBotProblem(news.status === 'broken' ? news.problem : undefined);
        const words = wordsFor(news, before !== undefined);
        if (words !== undefined) progress(words);
      },
    });
    closing.push(() => live.stop());

    const addresses = { pid: process.pid, url, temporalAddress: temporal.address, temporalUiUrl: temporal.uiUrl ?? '' };
    writeFileSync(join(folder, 'dev.json'), JSON.stringify(addresses, null, 2));
    closing.push(() => rmSync(join(folder, 'dev.json'), { force: true }));
    const failed = Promise.race([
      live.failed,
      temporal.exited.then(({ lastLines }) => {
        if (closing.length > 0) throw new Error(`Temporal ended by itself. Its last lines:\n${lastLines}`);
      }),
    ]).then(() => new Promise<never>(() => {}));
    return { addresses, simulator, store, timeMachine, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the terminal says after a save; nothing when nothing came of it. */
function wordsFor(news: BotNews, wasBroken: boolean): string | undefined {
  const files = news.changed.map((path) => fileName(path)).join(', ');
  switch (news.status) {
    case 'reloaded':
      return `Reloaded in ${(news.tookMs / 1000).toFixed(1)} s (${files}).`;
    case 'unchanged':
      return wasBroken ? 'The bot can be loaded again; it is what runs already.' : undefined;
    case 'broken':
      return `${news.problem}\nThe bot from before this change goes on. Save again when it is repaired.`;
  }
}

/** Temporal with its UI, on its usual ports or on free ones. */
async function startTemporal(folder: string, { temporalCli, progress }: DevOptions): Promise<EmbeddedTemporal> {
  const cli = await findTemporalCli({ explicit: temporalCli, cacheDir: join(folder, 'cache'), log: progress });
  progress('Starting Temporal …');
  return startEmbeddedTemporal({
    cli,
    dbFile: join(folder, TEMPORAL_FILE),
    port: await choosePort({ port: TEMPORAL_PORT, isSetByHand: false, setting: 'Temporal' }),
    uiPort: await choosePort({ port: TEMPORAL_UI_PORT, isSetByHand: false, setting: 'Temporal UI' }),
    log: progress,
  });
}

/** The address of a `dev` that runs in this folder, if one does. */
export function findRunningDev(folder = '.everthread'): DevAddresses | undefined {
  try {
    const addresses = JSON.parse(readFileSync(join(folder, 'dev.json'), 'utf8')) as DevAddresses;
    process.kill(addresses.pid, 0);
    return addresses;
  } catch {
    return undefined;
  }
}

function refuseSecond(folder: string): void {
  const running = findRunningDev(folder);
  if (!running || running.pid === process.pid) return;
  throw new TemporalError(
    'already_running',
    `everthread dev already runs in this folder, at ${running.url} (process ${running.pid}). Use that one, or stop it.`,
  );
}

interface DevSecrets {
  readonly verifyToken: string;
  readonly appSecret: string;
  readonly accessToken: string;
}

/** The invented secrets of the invented app: the same after a restart, readable by their owner alone. */
function keepSecrets(folder: string): DevSecrets {
  const file = join(folder, 'secrets.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DevSecrets;
  } catch {
    const random = () => randomBytes(24).toString('hex');
    const secrets = { verifyToken: random(), appSecret: random(), accessToken: random() };
    writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    return secrets;
  }
}
