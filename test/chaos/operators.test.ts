/** A day of operators against real processes, which are killed between an operator's click and Meta's answer. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answerAfter30Hours, aPersonOf, giveBack, say, type Person } from '../../docs/examples/a-day-of-operators.ts';
import { createClient } from '../../src/client/index.ts';
import type { Tables } from '../../src/store/db/tables.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { anOperator } from '../api/operator/an-operator-app.ts';
import { aStoreAt, theTablesAt } from '../store/targets.ts';
import { startLanguageModel } from '../support/language-model.ts';
import { createDatabase } from '../support/postgres/index.ts';
import { until } from '../support/talk.ts';
import { startKillable, type KillableProcess } from './support/killable-process.ts';
import { aChaosStage, timeout } from './support/short-runs.ts';
import type { ChaosStage } from './support/stage.ts';

const bot = join(import.meta.dirname, '../support/bots/operators/bot.ts');
const HOUR_MS = 3_600_000;

interface Processes {
  readonly env: Readonly<Record<string, string>>;
  /** The addresses of the operator listeners. */
  readonly urls: readonly string[];
  /** What is killed while Meta is slow, and starts again by itself. Temporal notices a lost worker after 10 seconds. */
  readonly kills: Readonly<Record<string, () => Promise<void>>>;
}

/** `everthread start`: api and worker on one SQLite file. */
async function startTogether(stage: ChaosStage, more: Readonly<Record<string, string>>): Promise<Processes> {
  const port = await freePort();
  const env = { ...stage.env, ...more, OPERATOR_PORT: String(port), LOG_LEVEL: 'info' };
  const all = startKillable(['start', bot], env, stage.folder);
  await all.untilPrinted('The worker is ready');
  return {
    env,
    urls: [`http://127.0.0.1:${port}`],
    kills: { 'of the api and the worker': () => all.kill() },
  };
}

/** Two `everthread api` and a `worker` on PostgreSQL. */
async function startApart(stage: ChaosStage, more: Readonly<Record<string, string>>): Promise<Processes> {
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
}

/** For the simulator and for the store, whose processes live in real time. */
function livingFaster(person: Person, tables: Kysely<Tables>): Person {
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

describe.each([
  ['api and worker in one command, on SQLite', startTogether],
  ['two api processes and a worker, on PostgreSQL', startApart],
])('%s', (_, start) => {
  test(
    'a person asks for a human, is answered after 30 hours and across kills, and comes back to a bot that knows',
    { timeout },
    async () => {
      const model = await startLanguageModel();
      onTestFinished(() => model.stop());
      const stage = await aChaosStage();
      const { simulator } = stage;
      const processes = await start(stage, { STAND_IN_URL: model.url });
      const { env, urls } = processes;
      const storeUrl = env['DATABASE_URL'] ?? '';
      const store = await aStoreAt(storeUrl);
      const tables = await theTablesAt(storeUrl);

      const [first = '', other = first] = urls;
      const client = (url: string, token: string) => createClient({ url, token, retryForMs: timeout });
      const token = await anOperator(store, { name: 'Mia' });
      const mia = client(first, token);
      const tom = client(other, await anOperator(store, { name: 'Tom' }));
      const person = livingFaster(await aPersonOf(stage.simulatorUrl), tables);
      const { psid } = person;
      const said = (text: string) => simulator.thread(psid).bubbles.filter((bubble) => bubble.text === text).length;

      const id = await answerAfter30Hours({ person, mia, tom });
      expect(said('A colleague comes.')).toBe(1);
      const isTagged = ({ send }: { send?: { how: string } }) => send?.how === 'MESSAGE_TAG HUMAN_AGENT';
      expect(simulator.thread(psid).timeline.filter(isTagged)).toHaveLength(1);

      const isCalled = async (text: string) => {
        const rows = await tables.selectFrom('sends').select(['status', 'message_json']).execute();
        return rows.some(({ status, message_json: json }) => status === 'calling' && json.includes(text));
      };
      for (const [what, kill] of Object.entries(processes.kills)) {
        const text = `Across a kill ${what}`;
        const key = randomUUID();
        simulator.fault({ kind: 'slow', ms: 2500, psid });
        const click = say(mia, id, text, key);
        await until(() => isCalled(text));
        await kill();
        await click;
        // Another click on the same button, perhaps in another api process.
        await say(client(other, token), id, text, key);
        expect(said(text)).toBe(1);
      }

      model.willSay('It takes three days.');
      const answer = await giveBack({ person, mia, tom }, id, 'The refund is on its way.', 'When do I get it?');
      expect(answer).toBe('It takes three days.');
      const system = model.requests.at(-1)?.messages[0]?.content;
      expect(system).toContain('A colleague has served this person');
      expect(system).toContain('The refund is on its way.');
      expect(said('Tom here')).toBe(0);
    },
  );
});
