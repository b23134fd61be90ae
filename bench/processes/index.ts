/** The processes around a measurement, each on loopback, with their data in a temporary folder. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../../src/temporal/cli/index.ts';
import { type EmbeddedTemporal, startEmbeddedTemporal } from '../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { ensurePostgresBinaries } from '../../test/support/postgres/binaries.ts';
import { type PostgresServer, startPostgres } from '../../test/support/postgres/server.ts';
import type { BareSide } from '../bare/contract.ts';
import type { LoadTargets } from '../load/main.ts';
import { ACCESS_TOKEN, APP_SECRET, PAGE_ID, VERIFY_TOKEN } from '../people.ts';
import { type Child, startChild } from './child-process.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const FOLDER = resolve('.everthread');

/** How everthread is started. */
export interface EverthreadOptions {
  /** `start`: api and worker, as two processes that are both measured. `api`: the api alone. */
  readonly command: 'start' | 'api';
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly graphUrl: string;
  readonly nodeArgs?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts processes, and stops them all at the end. */
export interface BenchProcesses {
  /** Holds the data; removed at the end. */
  readonly folder: string;
  /** Stops this part too at the end. */
  track<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T>;
  /** A new Temporal server with its history in a file, as in `everthread dev`. */
  temporal(): Promise<EmbeddedTemporal>;
  /** The fake Graph server; `answerAfterMs`: default 0. */
  graph(answerAfterMs?: number): Promise<string>;
  postgres(): Promise<PostgresServer>;
  sqlite(): string;
  /** The commands as they run in production; `hello` has the URL. */
  everthread(options: EverthreadOptions): Promise<Child<{ readonly url: string }>>;
  bare(side: BareSide, options: Pick<EverthreadOptions, 'temporalAddress' | 'graphUrl' | 'nodeArgs'>): Promise<Child>;
  /** A webhook receiver that keeps nothing; `hello` has its URL. */
  receiver(): Promise<Child<{ readonly url: string }>>;
  load(targets: LoadTargets): Promise<Child>;
  /** Stops all processes, the latest first, and removes their data. */
  stopAll(): Promise<void>;
}

/** The Temporal CLI, installed if necessary. */
export async function findTemporal(): Promise<string> {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  return findTemporalCli({ explicit: process.env['TEMPORAL_CLI'], cacheDir: join(FOLDER, 'cache'), log });
}

/** `cli`: the path of the Temporal CLI. */
export function createBenchProcesses(cli: string): BenchProcesses {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(join(FOLDER, 'bench-'));
  const started: (() => Promise<void>)[] = [];
  let databases = 0;

  async function track<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const part = await starting;
    started.push(() => part.stop());
    return part;
  }

  type CommandOptions = Omit<EverthreadOptions, 'command'>;
  function everthread(args: readonly string[], readyMessage: string, options: CommandOptions) {
    const { databaseUrl, temporalAddress, graphUrl, nodeArgs = [], env = {} } = options;
    return track(
      startChild<{ url: string }>(here('../../src/cli/main.ts'), {
        args,
        nodeArgs,
        cwd: folder,
        readyLine: readyWhen(readyMessage),
        env: {
          MESSENGER_VERIFY_TOKEN: VERIFY_TOKEN,
          MESSENGER_APP_SECRET: APP_SECRET,
          MESSENGER_PAGE_ACCESS_TOKEN: ACCESS_TOKEN,
          MESSENGER_PAGE_ID: PAGE_ID,
          MESSENGER_GRAPH_URL: graphUrl,
          // High enough that the rate limit of a Page is not what is measured.
          MESSENGER_MESSAGES_PER_SECOND: '300',
          DATABASE_URL: databaseUrl,
          HOST: '127.0.0.1',
          PORT: '0',
          OPERATOR_PORT: '0',
          LOG_LEVEL: 'info',
          TEMPORAL_ADDRESS: temporalAddress,
          ...env,
        },
      }),
    );
  }

  return {
    folder,
    track,
    async temporal() {
      const dbFile = join(folder, `temporal-${(databases += 1)}.db`);
      return track(startEmbeddedTemporal({ cli, dbFile, port: await freePort(), log: () => {} }));
    },
    async graph(answerAfterMs = 0) {
      const args = [String(answerAfterMs)];
      const { hello } = await track(startChild<{ url: string }>(here('fake-graph.ts'), { args }));
      return hello.url;
    },
    postgres: async () => track(startPostgres(await ensurePostgresBinaries())),
    sqlite: () => `file:${join(folder, `store-${(databases += 1)}.db`)}`,

    async everthread({ command, ...options }) {
      const api = await everthread(['api'], 'Accepting webhooks', options);
      if (command === 'api') return api;
      const worker = await everthread(['worker', here('../shop.ts')], 'The worker is ready', options);
      return asOne(api, worker);
    },
    bare: (side, { temporalAddress, graphUrl, nodeArgs = [] }) =>
      track(startChild(here('../bare/worker.ts'), { args: [temporalAddress, graphUrl, side], nodeArgs })),
    receiver: () => track(startChild(here('plain-receiver.ts'))),
    load: (targets) => track(startChild(here('../load/main.ts'), { args: [JSON.stringify(targets)] })),

    async stopAll() {
      for (const stop of started.splice(0).toReversed()) await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The two processes of `everthread start`: processor time is that of both, heap and memory that of the worker. */
function asOne<Hello>(api: Child<Hello>, worker: Child): Child<Hello> {
  return {
    ...api,
    async ask<Answer>(question: string, argument?: unknown) {
      if (question !== 'cpu') return worker.ask<Answer>(question, argument);
      const [one, other] = await Promise.all([api, worker].map((child) => child.ask<NodeJS.CpuUsage>('cpu')));
      return { user: one!.user + other!.user, system: one!.system + other!.system } as Answer;
    },
    async stop() {
      await Promise.all([api.stop(), worker.stop()]);
    },
  };
}

/** Reads the log until it has the URL and this message. */
function readyWhen(message: string) {
  let url: string | undefined;
  return (line: string) => {
    if (!line.startsWith('{')) return undefined;
    const entry = JSON.parse(line) as { url?: string; msg?: string };
    url = entry.url ?? url;
    return entry.msg === message ? { url } : undefined;
  };
}
