/** Everything that a storm hits: two apis behind a balancer, two workers, PostgreSQL, Temporal and Meta, each of which may be away. */

import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type EverthreadClient } from '../../../../src/client/index.ts';
import { openStore } from '../../../../src/store/index.ts';
import { freePort } from '../../../../src/temporal/server/free-port.ts';
import type { PostgresServer } from '../../../support/postgres/server.ts';
import { startBalancer } from '../balancer.ts';
import { startKillable, type KillableProcess } from '../killable-process.ts';
import type { ChaosStage } from '../stage.ts';

/** What a storm hits. */
export interface World {
  readonly stage: ChaosStage;
  readonly postgres: PostgresServer;
  readonly apis: readonly KillableProcess[];
  readonly workers: readonly KillableProcess[];
  /** An operator, and the shop that reports orders, each with a client of either api. */
  readonly mia: readonly EverthreadClient[];
  readonly shop: readonly EverthreadClient[];
  /** An administrator. */
  readonly ada: EverthreadClient;
  /** Replaces the token of the Page, at Meta and in the file that the processes read. */
  renewToken(): void;
  /** Puts other code in the place of the bot's, for workers that start from now on. */
  deploy(): void;
  /** Does one thing at a time to the same part: a part that something is done to is left alone. */
  alone(part: unknown, work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const BOTS = ['bot.ts', 'next-bot.ts'];
const RETRY_FOR_MS = 180_000;

/** Starts all of it, and waits until it works. */
export async function startWorld(stage: ChaosStage, postgres: PostgresServer): Promise<World> {
  const ports = [await freePort(), await freePort()];
  const operatorPorts = [await freePort(), await freePort()];
  const balancer = await startBalancer(Number(stage.env['PORT']), ports);
  const tokenFile = join(stage.folder, 'token');
  let token = stage.env['MESSENGER_PAGE_ACCESS_TOKEN'] ?? '';
  const { MESSENGER_PAGE_ACCESS_TOKEN: _, ...rest } = stage.env;
  writeFileSync(tokenFile, token);
  const env = {
    ...rest,
    MESSENGER_PAGE_ACCESS_TOKEN_FILE: tokenFile,
    DATABASE_URL: postgres.url,
    LOG_LEVEL: 'info',
  };
  const bot = join(stage.folder, 'bot.ts');
  let deploys = 0;
  const deploy = (): void => {
    rmSync(bot, { force: true });
    symlinkSync(join(import.meta.dirname, BOTS[deploys % BOTS.length] ?? ''), bot);
    deploys += 1;
  };
  deploy();

  const supervised = { isSupervised: true };
  const apis = ports.map((port, index) =>
    startKillable(
      ['api'],
      { ...env, PORT: String(port), OPERATOR_PORT: String(operatorPorts[index]) },
      stage.folder,
      supervised,
    ),
  );
  await Promise.all(apis.map((api) => api.untilPrinted('Serving operators')));
  const healthPorts = [await freePort(), await freePort()];
  const workers = healthPorts.map((port) =>
    startKillable(['worker', bot, '--port', String(port)], env, stage.folder, supervised),
  );
  await Promise.all(workers.map((worker) => worker.untilPrinted('The worker is ready')));

  const { operators, close: closeStore } = await openStore(postgres.url);
  const clientsOf = async (name: string, role: 'agent' | 'admin') => {
    await operators.add({ name, role }, Date.now());
    const secret = await operators.createToken(name, Date.now());
    return operatorPorts.map((port) =>
      createClient({ url: `http://127.0.0.1:${port}`, token: secret, retryForMs: RETRY_FOR_MS }),
    );
  };
  const [mia, shop, [ada]] = [
    await clientsOf('Mia', 'agent'),
    await clientsOf('shop', 'agent'),
    await clientsOf('Ada', 'admin'),
  ];
  await closeStore();
  if (!ada) throw new Error('There is no operator API.');

  const busy = new Set<unknown>();
  return {
    stage,
    postgres,
    apis,
    workers,
    mia,
    shop,
    ada,
    deploy,
    renewToken() {
      token = `${token}+`;
      stage.simulator.replaceToken(token);
      writeFileSync(tokenFile, token);
    },
    async alone(part, work) {
      if (busy.has(part)) return;
      busy.add(part);
      await work().finally(() => busy.delete(part));
    },
    async close() {
      await Promise.all([...apis, ...workers].map((killable) => killable.stop()));
      await balancer.close();
    },
  };
}
