/** A day of operators against real processes, which are killed between an operator's click and Meta's answer. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answerAfter30Hours, aPersonOf, giveBack, say } from '../../docs/examples/a-day-of-operators.ts';
import { createClient } from '../../src/client/index.ts';
import { anOperator } from '../api/operator/an-operator-app.ts';
import { aStoreAt, theTablesAt } from '../store/targets.ts';
import { startLanguageModel } from '../support/language-model.ts';
import { until } from '../support/talk.ts';
import { livingFaster, WAYS_TO_SERVE } from './support/served.ts';
import { aChaosStage, timeout } from './support/short-runs.ts';

const bot = join(import.meta.dirname, '../support/bots/operators/bot.ts');
describe.each(WAYS_TO_SERVE)('%s', (_, start) => {
  test(
    'a person asks for a human, is answered after 30 hours and across kills, and comes back to a bot that knows',
    { timeout },
    async () => {
      const model = await startLanguageModel();
      onTestFinished(() => model.stop());
      const stage = await aChaosStage();
      const { simulator } = stage;
      const processes = await start(stage, bot, { STAND_IN_URL: model.url });
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
