/** What a measurement needs around it, each in its own process, on loopback, in a folder that vanishes afterwards. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../../src/temporal/cli/index.ts';
import { startEmbeddedTemporal } from '../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { ensurePostgresBinaries } from '../../test/support/postgres/binaries.ts';
import { startPostgres } from '../../test/support/postgres/server.ts';
import type { LoadTargets } from '../load/main.ts';
import { ACCESS_TOKEN, APP_SECRET, PAGE_ID, VERIFY_TOKEN } from '../people.ts';
import { type Child, startChild } from './child-process.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const FOLDER = resolve('.everthread');

export interface EverthreadOptions {
  /** `start`: api and worker in one process. `api`: only what listens and dispatches. */
  readonly command: 'start' | 'api';
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly graphUrl: string;
  readonly nodeArgs?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface BenchProcesses {
  /** A fresh server, with its history in a file on the disk, as in `everthread dev`. */
  temporal(): Promise<string>;
  graph(): Promise<string>;
  postgres(): Promise<string>;
  sqlite(): string;
  /** The real command line, as it is started in production; `hello` has its URL. */
  everthread(options: EverthreadOptions): Promise<Child<{ readonly url: string }>>;
  bare(temporalAddress: string, graphUrl: string, nodeArgs?: readonly string[]): Promise<Child>;
  load(targets: LoadTargets): Promise<Child>;
  /** Ends all that was started here, the last first. */
  stopAll(): Promise<void>;
}

export async function findTemporal(): Promise<string> {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  return findTemporalCli({ explicit: process.env['TEMPORAL_CLI'], cacheDir: join(FOLDER, 'cache'), log });
}

export function createBenchProcesses(cli: string): BenchProcesses {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(join(FOLDER, 'bench-'));
  const started: (() => Promise<void>)[] = [];
  let databases = 0;

  async function keep<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const part = await starting;
    started.push(() => part.stop());
    return part;
  }

  return {
    async temporal() {
      const dbFile = join(folder, `temporal-${(databases += 1)}.db`);
      const server = await keep(startEmbeddedTemporal({ cli, dbFile, port: await freePort(), log: () => {} }));
      return server.address;
    },
    async graph() {
      const { hello } = await keep(startChild<{ url: string }>(here('fake-graph.ts')));
      return hello.url;
    },
    async postgres() {
      const { url } = await keep(startPostgres(await ensurePostgresBinaries()));
      return url;
    },
    sqlite: () => `file:${join(folder, `store-${(databases += 1)}.db`)}`,

    everthread: ({ command, databaseUrl, temporalAddress, graphUrl, nodeArgs = [], env = {} }) =>
      keep(
        startChild(here('../../src/cli/main.ts'), {
          args: command === 'start' ? ['start', here('../../examples/shop/bot.ts')] : ['api'],
          nodeArgs,
          cwd: folder,
          readyLine: readyWhen(command === 'start' ? 'The worker takes work' : 'Webhooks are taken'),
          env: {
            MESSENGER_VERIFY_TOKEN: VERIFY_TOKEN,
            MESSENGER_APP_SECRET: APP_SECRET,
            MESSENGER_PAGE_ACCESS_TOKEN: ACCESS_TOKEN,
            MESSENGER_PAGE_ID: PAGE_ID,
            MESSENGER_GRAPH_URL: graphUrl,
            // The runtime is measured, not the pace that a Page is held to.
            MESSENGER_MESSAGES_PER_SECOND: '300',
            DATABASE_URL: databaseUrl,
            HOST: '127.0.0.1',
            PORT: '0',
            LOG_LEVEL: 'info',
            TEMPORAL_ADDRESS: temporalAddress,
            ...env,
          },
        }),
      ),
    bare: (temporalAddress, graphUrl, nodeArgs = []) =>
      keep(startChild(here('../bare/worker.ts'), { args: [temporalAddress, graphUrl], nodeArgs })),
    load: (targets) => keep(startChild(here('../load/main.ts'), { args: [JSON.stringify(targets)] })),

    async stopAll() {
      for (const stop of started.splice(0).toReversed()) await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Reads the process's log until it has told its URL and said this. */
function readyWhen(message: string) {
  let url: string | undefined;
  return (line: string) => {
    if (!line.startsWith('{')) return undefined;
    const entry = JSON.parse(line) as { url?: string; msg?: string };
    url = entry.url ?? url;
    return entry.msg === message ? { url } : undefined;
  };
}
