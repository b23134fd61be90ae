/** Bots with their operator API, in processes that are killed while Meta is slow. */

import type { Kysely } from 'kysely';
import { onTestFinished } from 'vitest';
import type { Person } from '../../../docs/examples/a-day-of-operators.ts';
import type { Tables } from '../../../src/store/db/tables.ts';
import { freePort } from '../../../src/temporal/server/free-port.ts';
import { createDatabase } from '../../support/postgres/index.ts';
import { startKillable, type KillableProcess } from './killable-process.ts';
import type { ChaosStage } from './stage.ts';

/** The processes of one bot. */
export interface Served {
  readonly env: Readonly<Record<string, string>>;
  /** The addresses of the operator listeners. */
  readonly urls: readonly string[];
  /** What is killed, and starts again by itself. Temporal notices a lost worker after 10 seconds. */
  readonly kills: Readonly<Record<string, () => Promise<void>>>;
}

/** Starts a bot on a stage, with more environment variables. */
export type StartServed = (stage: ChaosStage, bot: string, more?: Readonly<Record<string, string>>) => Promise<Served>;

/** `everthread start`: api and worker on one SQLite file. */
const startTogether: StartServed = async (stage, bot, more = {}) => {
  const port = await freePort();
  const env = { ...stage.env, ...more, OPERATOR_PORT: String(port), LOG_LEVEL: 'info' };
  const all = startKillable(['start', bot], env, stage.folder);
  await all.untilPrinted('The worker is ready');
  return {
    env,
    urls: [`http://127.0.0.1:${port}`],
    kills: { 'of the api and the worker': () => all.kill() },
  };
};

/** Two `everthread api` and a `worker` on PostgreSQL. */
const startApart: StartServed = async (stage, bot, more = {}) => {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const ports = [await freePort(), await freePort()];
  const env = { ...stage.env, ...more, DATABASE_URL: database.url, LOG_LEVEL: 'info' };
  const starts: KillableProcess[] = [];
  for (const [index, port] of ports.entries()) {
    const own = { OPERATOR_PORT: String(port), ...(index > 0 && { PORT: String(await freePort()) }) };
    starts.push(startKillable(['api'], { ...env, ...own }, stage.folder));
  }
  const worker = startKillable(['worker', bot], env, stage.folder);
  await Promise.all(starts.map((api) => api.untilPrinted('Serving operators')));
  await worker.untilPrinted('The worker is ready');
  return {
    env,
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    kills: { 'of an api': async () => starts[0]?.kill(), 'of the worker': () => worker.kill() },
  };
};

/** The ways to run a bot, for `describe.each`. */
export const WAYS_TO_SERVE: readonly (readonly [string, StartServed])[] = [
  ['api and worker in one command, on SQLite', startTogether],
  ['two api processes and a worker, on PostgreSQL', startApart],
];

const HOUR_MS = 3_600_000;

/** Lets time pass for the simulator and for the store, whose processes live in real time. */
export function livingFaster(person: Person, tables: Kysely<Tables>): Person {
  return {
    ...person,
    async waits(hours) {
      await person.waits(hours);
      const openedAt = Date.now() - hours * HOUR_MS;
      await tables
        .updateTable('contacts')
        .set({ window_opened_at: openedAt })
        .where('psid', '=', person.psid)
        .execute();
    },
  };
}
