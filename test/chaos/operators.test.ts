/** A day of operators against real processes, which are killed between an operator's click and Meta's answer. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { conversationId } from '../../src/domain/conversation-id.ts';
import { openStoreDatabase } from '../../src/store/db/database.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { callerAt, type Answer } from '../api/operator/an-operator-app.ts';
import { runCli } from '../cli/run-cli.ts';
import { startLanguageModel } from '../support/language-model.ts';
import { createDatabase } from '../support/postgres/index.ts';
import { until } from '../support/talk.ts';
import { startKillable, type KillableProcess } from './support/killable-process.ts';
import { aChaosStage, timeout } from './support/short-runs.ts';
import type { ChaosStage } from './support/stage.ts';

const bot = join(import.meta.dirname, '../support/bots/operators/bot.ts');
const HOUR = 3_600_000;
const PAGE = '104857600123456';

interface Processes {
  readonly env: Readonly<Record<string, string>>;
  /** The addresses of the operator listeners. */
  readonly urls: readonly string[];
  killApi(): Promise<void>;
  killWorker(): Promise<void>;
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
    async killApi() {
      await all.kill();
      await all.untilPrinted('The worker is ready');
    },
    async killWorker() {
      process.kill(all.workerPid(), 'SIGKILL');
      await all.untilPrinted('The worker is ready', 2);
    },
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
    async killApi() {
      await starts[0]?.kill();
      await starts[0]?.untilPrinted('Serving operators');
    },
    async killWorker() {
      await worker.kill();
      await worker.untilPrinted('The worker is ready');
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

      const tokens: Record<string, string> = {};
      for (const name of ['Mia', 'Tom']) {
        await runCli(['operators', 'add', name, '--role', 'agent'], { cwd: stage.folder, env });
        const { output } = await runCli(['operators', 'token', name], { cwd: stage.folder, env });
        tokens[name] = output.split('\n').find((line) => !line.includes(' ')) ?? '';
      }

      const { psid } = simulator.addPerson({ firstName: 'Ana' });
      const id = conversationId({ channel: 'messenger', pageId: PAGE, psid });
      const said = (text: string) => simulator.thread(psid).bubbles.filter((bubble) => bubble.text === text).length;
      const ask = async (who: string, path: string, body?: object, key: string = randomUUID(), url = urls[0]) =>
        callerAt(url ?? '')(`/api/v1/conversations${path}`, {
          method: body ? 'POST' : 'GET',
          token: tokens[who] ?? '',
          ...(body && { body, headers: { 'idempotency-key': key } }),
        });
      const items = async (state: string) =>
        ((await ask('Mia', `?state=${state}`)).body as { items: { id: string }[] }).items.map((item) => item.id);
      /** Clicks again, with the same key, until there is an answer. */
      const insist = async (text: string, key: string, url = urls.at(-1)) => {
        let answer: Answer | undefined;
        await until(async () => {
          answer = await ask('Mia', `/${id}/messages`, { text }, key, url).catch(() => undefined);
          return answer?.status === 201;
        });
        return answer?.body as { status: string };
      };

      simulator.says(psid, 'I want a human');
      await until(() => said('A colleague comes.') === 1);
      await until(async () => (await items('waiting')).includes(id));
      expect(await ask('Mia', `/${id}/take-over`, {})).toMatchObject({ status: 200 });
      await until(async () => (await items('operator')).includes(id));

      // 30 hours pass, for Meta and for the store.
      simulator.moveClock(id, 30 * HOUR);
      const { db } = await openStoreDatabase(env['DATABASE_URL'] ?? '');
      onTestFinished(() => db.destroy());
      const before = Date.now() - 30 * HOUR;
      await db.updateTable('contacts').set({ window_opened_at: before }).where('conversation', '=', id).execute();

      expect(await ask('Tom', `/${id}/messages`, { text: 'Tom here' }, undefined, urls.at(-1))).toMatchObject({
        status: 409,
        body: { code: 'conversation_held', heldBy: 'Mia' },
      });
      expect((await insist('Mia here', randomUUID())).status).toBe('sent');
      const isTagged = ({ send }: { send?: { how: string } }) => send?.how === 'MESSAGE_TAG HUMAN_AGENT';
      expect(simulator.thread(psid).timeline.filter(isTagged)).toHaveLength(1);

      const isCalled = async (text: string) => {
        const rows = await db.selectFrom('sends').select(['status', 'message_json']).execute();
        return rows.some(({ status, message_json: json }) => status === 'calling' && json.includes(text));
      };
      for (const [text, kill] of [
        ['Across a kill of the api', () => processes.killApi()],
        ['Across a kill of the worker', () => processes.killWorker()],
      ] as const) {
        const key = randomUUID();
        simulator.fault({ kind: 'slow', ms: 2500, psid });
        const click = ask('Mia', `/${id}/messages`, { text }, key).catch(() => undefined);
        await until(() => isCalled(text));
        await kill();
        await click;
        await insist(text, key);
        await insist(text, key, urls[0]);
        expect(said(text)).toBe(1);
      }

      expect(await ask('Mia', `/${id}/give-back`, { note: 'The refund is on its way.' })).toMatchObject({
        status: 200,
      });
      await until(async () => (await items('bot')).includes(id));
      model.willSay('It takes three days.');
      simulator.says(psid, 'When do I get it?');
      await until(() => said('It takes three days.') === 1);
      const system = model.requests.at(-1)?.messages[0]?.content;
      expect(system).toContain('A colleague has served this person');
      expect(system).toContain('The refund is on its way.');
      expect(said('Tom here')).toBe(0);
    },
  );
});
