/** Whose words an echo repeats: only an echo that can be nobody else's settles a send of ours. */

import { describe, expect, test } from 'vitest';
import type { NewSend } from '../../../src/store/ledger/index.ts';
import { ANA, anEcho, BEN, OUR_APP, PAGE, PAGE_INBOX_APP, START, webhookBody } from '../../support/events.ts';
import { allow } from '../../support/verdicts.ts';
import { anEmptyStore, aStoreAt, delivered, targets, theTablesAt, type Target } from '../targets.ts';

const OTHER_APP = '690011223344556';
const NOW = START + 400;

function aSendTo(psid: string, ordinal = 0): NewSend {
  const conversation = `messenger:${PAGE}:${psid}` as const;
  return {
    sendId: `${conversation}/i7/${ordinal}`,
    conversation,
    author: 'bot',
    purpose: 'reply',
    guarantee: 'at-least-once',
    message: { text: 'Hello Ana' },
  };
}

const OURS = aSendTo(ANA);

/** Our send to Ana is unconfirmed, and an earlier one is sent. */
async function aStoreThatWaits(target: Target) {
  const { store, url } = await anEmptyStore(target, { appId: OUR_APP });
  for (const send of [aSendTo(ANA, 1), aSendTo(BEN), OURS]) await store.ledger.open(send, allow, NOW);
  await store.ledger.confirm(aSendTo(ANA, 1), 'm_Earlier', NOW);
  await store.ledger.markUnconfirmed(OURS.sendId, 'no_answer', 1, NOW);
  const hears = async (echo: object) => (await store.inbox.record(delivered(webhookBody(echo as never)), NOW)).waiting;
  return { store, url, hears };
}

type Waiting = Awaited<ReturnType<typeof aStoreThatWaits>>;

function withoutApp(echo: ReturnType<typeof anEcho>): object {
  const { app_id: _, ...message } = echo['message'] as { readonly app_id: number };
  return { ...echo, message };
}

type Attack = readonly [title: string, echo: (waiting: Waiting) => object, author: 'human' | 'bot' | 'other_app'];

const metadataOf = ({ store }: Waiting, send = OURS) => store.ledger.metadataOf(send.sendId);
const withLastChar = (text: string, char: string) => text.slice(0, -1) + char;

const ATTACKS: readonly Attack[] = [
  [
    'a foreign app that guesses our send id',
    () => anEcho('Hello Ana', { appId: OTHER_APP, metadata: OURS.sendId }),
    'other_app',
  ],
  [
    'a foreign app with the very metadata of our send',
    (waiting) => anEcho('Hello Ana', { appId: OTHER_APP, metadata: metadataOf(waiting) }),
    'other_app',
  ],
  ['a foreign app with the same words', () => anEcho('Hello Ana', { appId: OTHER_APP }), 'other_app'],
  [
    'the Page inbox with the very metadata of our send',
    (waiting) => anEcho('Hello Ana', { appId: PAGE_INBOX_APP, metadata: metadataOf(waiting) }),
    'human',
  ],
  [
    'nobody named, with a guessed send id',
    () => withoutApp(anEcho('Hello Ana', { metadata: OURS.sendId })),
    'other_app',
  ],
  ['our app id, with a guessed send id', () => anEcho('Hello Ana', { metadata: OURS.sendId }), 'bot'],
  [
    'our app id, with the digest of another send',
    (waiting) =>
      anEcho('Hello Ana', { metadata: `${OURS.sendId}#${metadataOf(waiting, aSendTo(ANA, 1)).split('#')[1]}` }),
    'bot',
  ],
  [
    'nobody named, with the metadata of a send to somebody else',
    (waiting) => withoutApp(anEcho('Hello Ana', { metadata: metadataOf(waiting, aSendTo(BEN)) })),
    'bot',
  ],
  [
    'nobody named, with a digest that is cut',
    (waiting) => withoutApp(anEcho('Hello Ana', { metadata: metadataOf(waiting).slice(0, -1) })),
    'other_app',
  ],
  [
    'nobody named, with a digest that is longer',
    (waiting) => withoutApp(anEcho('Hello Ana', { metadata: `${metadataOf(waiting)}A` })),
    'other_app',
  ],
  [
    'nobody named, with a digest of other characters',
    (waiting) => withoutApp(anEcho('Hello Ana', { metadata: withLastChar(metadataOf(waiting), '*') })),
    'other_app',
  ],
  ['nobody named, with a digest alone', () => withoutApp(anEcho('Hello Ana', { metadata: '#' })), 'other_app'],
];

describe.each(targets)('echoes on $name', (target) => {
  test.each(ATTACKS)('an echo of %s settles nothing, and is not in our name', async (_, echo, author) => {
    const waiting = await aStoreThatWaits(target);
    const { store, hears } = waiting;

    expect(await hears(echo(waiting))).toEqual([OURS.conversation]);

    expect(await store.ledger.find(OURS.sendId)).toMatchObject({ status: 'unconfirmed', attempts: 1 });
    expect(await store.ledger.find(aSendTo(BEN).sendId)).toMatchObject({ status: 'calling' });
    const [line] = (await store.transcript.readLast(OURS.conversation, 10)).filter(({ mid }) => mid !== 'm_Earlier');
    expect(line).toMatchObject({ author, text: 'Hello Ana' });
  });

  test('a foreign app that repeats a message id of ours is not taken for us', async () => {
    const { hears } = await aStoreThatWaits(target);
    expect(await hears(anEcho('Hello Ana', { appId: OTHER_APP, mid: 'm_Earlier' }))).toEqual([OURS.conversation]);
  });

  test.each([
    ['with our app id', (metadata: string) => anEcho('Hello Ana', { metadata, mid: 'm_Ours' })],
    ['without an app', (metadata: string) => withoutApp(anEcho('Hello Ana', { metadata, mid: 'm_Ours' }))],
  ])('our own echo, %s, confirms the send, and nothing reaches the conversation', async (_, echo) => {
    const waiting = await aStoreThatWaits(target);
    expect(await waiting.hears(echo(metadataOf(waiting)))).toEqual([]);
    expect(await waiting.store.ledger.find(OURS.sendId)).toMatchObject({ status: 'sent', messageId: 'm_Ours' });
  });

  test('api and worker, and a store that is opened again, make the same digests', async () => {
    const { store, url } = await anEmptyStore(target);
    const others = await Promise.all([aStoreAt(url), aStoreAt(url)]);
    const digests = [store, ...others].map(({ ledger }) => ledger.metadataOf(OURS.sendId));
    expect(new Set(digests).size).toBe(1);
  });

  test('of many processes that open an empty store at once, all have the same key', async () => {
    const url = await target.emptyDatabase();
    const stores = await Promise.all(Array.from({ length: 5 }, () => aStoreAt(url)));
    expect(new Set(stores.map(({ ledger }) => ledger.metadataOf(OURS.sendId))).size).toBe(1);
  });

  test('another store has another key', async () => {
    const stores = await Promise.all([1, 2].map(async () => aStoreAt(await target.emptyDatabase())));
    expect(new Set(stores.map(({ ledger }) => ledger.metadataOf(OURS.sendId))).size).toBe(2);
  });

  test('a send that a version without digests has recorded is confirmed by its bare id, and by a digest', async () => {
    const { store, url, hears } = await aStoreThatWaits(target);
    const tables = await theTablesAt(url);
    const sendIds = [OURS.sendId, aSendTo(BEN).sendId];
    await tables.updateTable('sends').set({ echo_proof: null }).where('send_id', 'in', sendIds).execute();

    expect(await hears(anEcho('Hello Ana', { appId: OTHER_APP, metadata: OURS.sendId }))).toEqual([OURS.conversation]);
    expect(await store.ledger.find(OURS.sendId)).toMatchObject({ status: 'unconfirmed' });

    expect(await hears(anEcho('Hello Ana', { metadata: OURS.sendId, mid: 'm_Bare' }))).toEqual([]);
    const metadata = store.ledger.metadataOf(aSendTo(BEN).sendId);
    expect(await hears(anEcho('Hello Ben', { psid: BEN, metadata, mid: 'm_Digest' }))).toEqual([]);
    expect(await store.ledger.find(OURS.sendId)).toMatchObject({ status: 'sent', messageId: 'm_Bare' });
    expect(await store.ledger.find(aSendTo(BEN).sendId)).toMatchObject({ status: 'sent', messageId: 'm_Digest' });
  });
});
