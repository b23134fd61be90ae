import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type PagesReading, Secret } from '../../src/config/index.ts';
import { watchPages, type ServedPages } from '../../src/graph/pages.ts';
import { stopSequenceSignal, takeOverUpdate } from '../../src/workflows/contract/index.ts';
import { PAGE, SECRETS, startStage, type Stage } from '../support/stage.ts';
import { startTalk, until, type Talk } from '../support/talk.ts';

const HOUR = 3_600_000;
const NEW_TOKEN = 'page-token-after-the-password-change';

let token = SECRETS.accessToken;
let pages: ServedPages;
let stage: Stage;

beforeAll(async () => {
  const read = (): PagesReading => ({
    pages: [{ pageId: PAGE, accessToken: new Secret(token), messagesPerSecond: 40 }],
    problems: [],
  });
  pages = watchPages({ read, log: { info: () => {}, error: () => {} }, everyMs: 20 });
  stage = await startStage({
    bot: 'test/support/bots/probe/bot.ts',
    temporalAddress: inject('temporalAddress'),
    pages,
  });
});

afterAll(async () => {
  await stage.stop();
  pages.close();
});

test('with an invalid token all sends wait in Temporal, with one alert; after a new token they go out in order', async () => {
  const [ana, ben, late] = [await talk(), await talk(), await talk()];
  stage.simulator.expireToken();
  for (const text of ['one', 'two', 'three']) stage.simulator.says(ana.psid, text);
  stage.simulator.says(ben.psid, 'one');
  stage.simulator.says(late.psid, 'one');
  await until(async () => (await stage.store.ledger.counts()).waiting === 3);
  expect([ana, ben, late].flatMap(said)).toEqual([]);
  // What waits survives the worker.
  await stage.restartWorker();

  // Late: who seems to have waited for a day does not look again soon while the Page is held.
  stage.simulator.moveClock(late.conversation, 25 * HOUR);
  stage.simulator.replaceToken(NEW_TOKEN);
  token = NEW_TOKEN;

  await until(async () => said(ana).length === 3 && said(ben).length === 1);
  expect(said(ana)).toEqual(['1 one', '2 two', '3 three']);
  expect(said(ben)).toEqual(['1 one']);
  await until(async () => (await stage.store.ledger.counts()).refused === 1);
  expect(said(late)).toEqual([]);
  const counts = await stage.store.ledger.counts();
  expect(counts).toMatchObject({ waiting: 0, unconfirmed: 0, failed: 0, unknown: 0 });
  expect(stage.warnings().filter((line) => line.includes('its sends wait'))).toHaveLength(1);
});

test.each([
  [
    'an operator takes over',
    (one: Talk) => one.handle().executeUpdate(takeOverUpdate, { args: [{ reason: 'asked' }] }),
  ],
  ['a person answers in the Page inbox', async (one: Talk) => stage.simulator.answersFromInbox(one.psid, 'Ana here')],
])('when %s nobody hears any more what the bot could not say', async (_, takeOver) => {
  const one = await talk();
  await one.says('hello');
  await one.hears();
  stage.simulator.expireToken();
  for (const text of ['one', 'two']) stage.simulator.says(one.psid, text);
  await until(async () => (await stage.store.ledger.counts()).waiting === 1);

  await takeOver(one);

  await until(async () => (await one.attributes())['ConversationState'] === 'human');
  // What the plugins say of it waits for the token, as anything does.
  await until(async () => (await stage.store.ledger.counts()).waiting === 1);
  stage.simulator.replaceToken((token = `${token}-again`));
  expect(await one.hears(1)).toEqual([expect.stringContaining('to human: ')]);
  expect(said(one).join()).not.toMatch(/one|two/);
  expect(await stage.store.ledger.failureGroups(0)).toContainEqual(
    expect.objectContaining({ status: 'failed', code: 'taken_over' }),
  );
});

test('a sequence that is stopped withdraws the send that waits', async () => {
  const one = await talk();
  await one.says('start nap');
  await one.hears();
  stage.simulator.expireToken();
  const skipping = one.skip('91 minutes');
  await until(async () => (await stage.store.ledger.counts()).waiting === 1);

  const nap = stage.client.workflow.getHandle(one.sequence('nap').workflowId);
  await nap.signal(stopSequenceSignal, 'an operator');

  expect(await nap.result()).toBe('stopped by an operator');
  stage.simulator.replaceToken((token = `${token}-again`));
  await skipping;
  await one.says('hello');
  expect(await one.hears()).toEqual(['2 hello']);
});

function talk(): Promise<Talk> {
  return startTalk('', { stage });
}

function said({ bubbles }: Talk): (string | undefined)[] {
  return bubbles()
    .filter(({ author }) => author === 'bot')
    .map(({ text }) => text);
}
