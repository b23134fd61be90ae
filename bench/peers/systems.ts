/** The systems that are compared: how each is started, and what it is called with its versions. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { compileForThisRun, everthread } from '../../test/support/compiled.ts';
import { ensurePostgresBinaries } from '../../test/support/postgres/binaries.ts';
import { ACCESS_TOKEN, APP_SECRET, PAGE_ID, VERIFY_TOKEN } from '../people.ts';
import type { BenchProcesses } from '../processes/index.ts';
import { type BotProcess, startBot } from './bot-process.ts';
import { type Engine, ensureRedis, redisVersion, startRedis, startRestate } from './engines.ts';

/** A bot that runs, and the server that it stands on. */
export interface RunningSystem {
  readonly webhookUrl: string;
  readonly bot: BotProcess;
  readonly engine?: Pick<Engine, 'pid'>;
}

/** A system that can be measured on this machine. */
export interface System {
  /** With versions, as the table shows it. */
  readonly title: string;
  /** With empty data; all of it ends with `stage`. */
  start(stage: BenchProcesses, graphUrl: string): Promise<RunningSystem>;
}

const here = import.meta.dirname;
const LIBRARIES = join(here, 'node_modules');

/** Each installs what it needs, or rejects with a sentence that says what is missing. In the order of the table. */
export const SYSTEMS = {
  express: async (): Promise<System> => ({
    title: `Express ${versionOf('express')}, keeps nothing`,
    start: (stage, graphUrl) => startPeer(stage, { bot: 'express', graphUrl }),
  }),

  bullmq: async (): Promise<System> => {
    const redis = await ensureRedis();
    return {
      title: `Express + BullMQ ${versionOf('bullmq')}, Redis ${redisVersion(redis)} appendfsync always`,
      async start(stage, graphUrl) {
        const engine = await stage.track(startRedis(redis, stage.folder));
        return { engine, ...(await startPeer(stage, { bot: 'bullmq', graphUrl, env: { REDIS_URL: engine.url } })) };
      },
    };
  },

  dbos: async (): Promise<System> => {
    const postgres = join(await ensurePostgresBinaries(), 'postgres');
    const [version] = /\d[\d.]*/.exec(execFileSync(postgres, ['--version'], { encoding: 'utf8' })) ?? [''];
    return {
      title: `Express + DBOS ${versionOf('@dbos-inc/dbos-sdk')}, PostgreSQL ${version}`,
      async start(stage, graphUrl) {
        const engine = await stage.postgres();
        return { engine, ...(await startPeer(stage, { bot: 'dbos', graphUrl, env: { DATABASE_URL: engine.url } })) };
      },
    };
  },

  restate: async (): Promise<System> => ({
    title: `Express + Restate ${versionOf('@restatedev/restate-server')}, SDK ${versionOf('@restatedev/restate-sdk')}`,
    async start(stage, graphUrl) {
      const engine = await stage.track(startRestate(here, stage.folder));
      const port = String(await freePort());
      const env = { INGRESS_URL: engine.ingressUrl, SERVICE_PORT: port };
      const peer = await startPeer(stage, { bot: 'restate', graphUrl, env });
      await register(engine.adminUrl, `http://127.0.0.1:${port}`);
      return { engine, ...peer };
    },
  }),

  everthread: async (): Promise<System> => {
    compileForThisRun();
    const { version } = JSON.parse(readFileSync(join(here, '..', '..', 'package.json'), 'utf8')) as { version: string };
    return { title: `everthread ${version}, SQLite and Temporal`, start: startEverthread };
  },
};

/** Installs the peers' libraries into `bench/peers`, unless they are there in the versions of the lock file. */
export async function installLibraries(): Promise<void> {
  const wanted = join(here, 'package-lock.json');
  const installed = join(LIBRARIES, '.installed-package-lock.json');
  if (existsSync(installed) && readFileSync(installed).equals(readFileSync(wanted))) return;
  process.stderr.write('Installing the libraries of the peers into bench/peers …\n');
  // The libraries work without their scripts; one of these reports the installation to its maker.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const npm = spawn('npm', args, { cwd: here, stdio: ['ignore', process.stderr, process.stderr] });
  const [code] = await once(npm, 'close');
  if (code !== 0) throw new Error(`npm ci in bench/peers failed with exit code ${String(code)}.`);
  copyFileSync(wanted, installed);
}

function versionOf(library: string): string {
  return (JSON.parse(readFileSync(join(LIBRARIES, library, 'package.json'), 'utf8')) as { version: string }).version;
}

interface PeerBot {
  readonly bot: string;
  readonly graphUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function startPeer(stage: BenchProcesses, { bot: name, graphUrl, env = {} }: PeerBot): Promise<RunningSystem> {
  const port = String(await freePort());
  const bot = await stage.track(
    startBot({
      args: [join(here, 'bots', `${name}.mjs`)],
      env: { PORT: port, GRAPH_URL: graphUrl, PAGE_ID, APP_SECRET, ACCESS_TOKEN, ...env },
      cwd: stage.folder,
      readyText: 'Accepting webhooks',
    }),
  );
  return { webhookUrl: `http://127.0.0.1:${port}`, bot };
}

async function startEverthread(stage: BenchProcesses, graphUrl: string): Promise<RunningSystem> {
  const engine = await stage.temporal();
  const port = String(await freePort());
  const bot = await stage.track(
    startBot({
      args: [...everthread(), 'start', join(here, 'bots', 'everthread', 'bot.ts')],
      env: {
        MESSENGER_VERIFY_TOKEN: VERIFY_TOKEN,
        MESSENGER_APP_SECRET: APP_SECRET,
        MESSENGER_PAGE_ACCESS_TOKEN: ACCESS_TOKEN,
        MESSENGER_PAGE_ID: PAGE_ID,
        MESSENGER_GRAPH_URL: graphUrl,
        // The highest that can be set; the peers have no limit.
        MESSENGER_MESSAGES_PER_SECOND: '300',
        DATABASE_URL: stage.sqlite(),
        PORT: port,
        OPERATOR_PORT: '0',
        LOG_LEVEL: 'info',
        TEMPORAL_ADDRESS: engine.address,
      },
      cwd: stage.folder,
      readyText: 'The worker is ready',
    }),
  );
  return { webhookUrl: `http://127.0.0.1:${port}`, bot, engine };
}

async function register(adminUrl: string, uri: string): Promise<void> {
  const { statusCode, body } = await request(`${adminUrl}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri }),
  });
  const answer = await body.text();
  if (statusCode !== 201) throw new Error(`Restate did not register ${uri} (${statusCode}): ${answer}`);
}
