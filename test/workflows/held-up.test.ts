/** Whatever becomes of one send, the person's next message is answered within seconds. The waits are the real ones. */

import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Fault } from '../../src/simulator/index.ts';
import { startStage, type Stage } from '../support/stage.ts';
import { startTalk, until, type Talk } from '../support/talk.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ bot: 'test/support/bots/probe/bot.ts', temporalAddress: inject('temporalAddress') });
});

afterAll(() => stage.stop());

function said({ bubbles }: Talk): (string | undefined)[] {
  return bubbles()
    .filter(({ author }) => author === 'bot')
    .map(({ text }) => text);
}

test.each<[string, Fault]>([
  ['an error that is in no table, with HTTP 400', { kind: 'error', code: 987_654 }],
  ['an error that is in no table, with HTTP 403', { kind: 'error', code: 3, httpStatus: 403 }],
  ['an error of the message', { kind: 'error', code: 100 }],
])('after %s the next message is answered at once', async (_, fault) => {
  const ana = await startTalk('', { stage });
  stage.simulator.fault({ ...fault, psid: ana.psid });
  const began = Date.now();
  for (const text of ['one', 'two']) stage.simulator.says(ana.psid, text);

  await until(() => said(ana).length === 1);
  expect(said(ana)).toEqual(['2 two']);
  expect(Date.now() - began).toBeLessThan(15_000);
});

test('a send whose outcome nobody knows goes out again after seconds when the next message waits', async () => {
  const ana = await startTalk('', { stage });
  stage.simulator.fault({ kind: 'error', code: 2, psid: ana.psid });
  const began = Date.now();
  for (const text of ['one', 'two']) stage.simulator.says(ana.psid, text);

  await until(() => said(ana).length === 2);
  expect(said(ana)).toEqual(['1 one', '2 two']);
  expect(Date.now() - began).toBeLessThan(18_000);
});

test('a video by its URL gets the time that Meta takes: one call, and no first try that is too short', async () => {
  const ana = await startTalk('', { stage });
  stage.simulator.fault({ kind: 'slow', ms: 5000, psid: ana.psid });
  await ana.says('video https://shop.example/ride.mp4');

  await until(() => said(ana).length === 1);
  expect(ana.sends()).toHaveLength(1);
  expect(await stage.store.ledger.counts()).toMatchObject({ unconfirmed: 0, unknown: 0 });
  expect(stage.warnings().filter((line) => line.includes('no answer came in time'))).toEqual([]);
});
