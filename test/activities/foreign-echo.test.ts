/** Somebody else's echo comes while the outcome of our send is unknown: the person gets their answer all the same, and once. */

import { expect, test } from 'vitest';
import { delivered } from '../store/targets.ts';
import { ANA, anEcho, BEN, PAGE, webhookBody } from '../support/events.ts';
import { aGate, SEND_ID, type Gate } from './gate.ts';

const OTHER_APP = '690011223344556';
const BENS = `messenger:${PAGE}:${BEN}` as const;

const ATTACKS: readonly (readonly [string, (gate: Gate) => object])[] = [
  ['a foreign app guesses the send id', () => anEcho('Hello Ana', { appId: OTHER_APP, metadata: SEND_ID })],
  [
    'a foreign app has the whole metadata',
    ({ store }) => anEcho('Hello Ana', { appId: OTHER_APP, metadata: store.ledger.metadataOf(SEND_ID) }),
  ],
  [
    'our app id comes with the digest of another send',
    ({ store }) => {
      const [, digest] = store.ledger.metadataOf(`${SEND_ID}.1`).split('#');
      return anEcho('Hello Ana', { metadata: `${SEND_ID}#${digest}` });
    },
  ],
  [
    'a digest is replayed in another conversation',
    ({ store }) => anEcho('Hello Ana', { psid: BEN, metadata: store.ledger.metadataOf(SEND_ID) }),
  ],
  ['our app id comes with the bare send id', () => anEcho('Hello Ana', { metadata: SEND_ID })],
];

test.each(ATTACKS)('%s: Ana and Ben get their answers, once', async (_, echo) => {
  const gate = await aGate();
  gate.simulator.says(BEN, 'hello');
  await gate.simulator.waitForDeliveries();
  gate.simulator.fault({ kind: 'cut_before', psid: ANA });
  expect(await gate.send()).toEqual({ status: 'deferred' });
  expect(await gate.store.ledger.find(SEND_ID)).toMatchObject({ status: 'unconfirmed' });

  await gate.store.inbox.record(delivered(webhookBody(echo(gate) as never)), Date.now());

  const toBen = { conversation: BENS, sendId: `${BENS}/i8/0` as const, message: { text: 'Hello Ben' } };
  expect(await gate.send(toBen)).toMatchObject({ status: 'sent' });
  expect(await gate.sendsUntilSettled()).toMatchObject({ status: 'sent' });
  expect(gate.heard()).toEqual(['Hello Ana']);
  expect(gate.simulator.thread(BEN).bubbles.map(({ text }) => text)).toEqual(['hello', 'Hello Ben']);
});
