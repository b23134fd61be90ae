import { describe, expect, test } from 'vitest';
import type { Judge, NewSend } from '../../src/store/ledger.ts';
import { ANA, anEcho, aText, BEN, PAGE, PAGE_INBOX_APP, START, webhookBody } from '../support/events.ts';
import { anEmptyStore, aStoreAt, delivered, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const NOW = START + 400;
const MID = 'm_FromMeta';

function aSend(place = 0): NewSend {
  return {
    sendId: `${ANAS}/7/${place}`,
    conversation: ANAS,
    author: 'bot',
    purpose: 'reply',
    guarantee: 'at-least-once',
    message: { text: `answer ${place}` },
  };
}

const yes: Judge<'RESPONSE'> = () => ({ how: 'RESPONSE' });
const no: Judge<never> = () => ({ refusal: 'window_closed' });

describe.each(targets)('the ledger on $name', (target) => {
  test('a send is written down before it is our turn, once', async () => {
    const { store } = await anEmptyStore(target);

    expect(await store.ledger.open(aSend(), yes, NOW)).toMatchObject({
      entry: { status: 'calling', attempts: 1 },
      how: 'RESPONSE',
    });
    expect(await store.ledger.open(aSend(), yes, NOW)).toMatchObject({ entry: { status: 'calling', attempts: 1 } });
  });

  test('the judge sees the contact as it is at that moment', async () => {
    const { store } = await anEmptyStore(target);
    await store.inbox.record(delivered(webhookBody(aText('hi', { at: START }))), NOW);

    const turn = await store.ledger.open(aSend(), (contact) => ({ how: contact?.windowOpenedAt }), NOW);

    expect(turn.how).toBe(START);
  });

  test('what is refused is refused for good', async () => {
    const { store } = await anEmptyStore(target);
    const refused = { entry: { status: 'refused', code: 'window_closed', attempts: 0 } };

    expect(await store.ledger.open(aSend(), no, NOW)).toMatchObject(refused);
    expect(await store.ledger.open(aSend(), yes, NOW)).toMatchObject(refused);
  });

  test('what Meta took is recorded, also with a NUL in its text and a long message id', async () => {
    const { store } = await anEmptyStore(target);
    const send: NewSend = { ...aSend(), message: { text: 'half\0half' } };
    const mid = Array.from({ length: 990 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    ).join('');
    await store.ledger.open(send, yes, NOW);

    await store.ledger.sent(send, mid, NOW);

    expect(await store.ledger.find(send.sendId)).toMatchObject({ status: 'sent' });
    expect(await store.transcript.readLast(ANAS, 10)).toMatchObject([{ author: 'bot', text: 'halfhalf' }]);
    // Its echo is known as ours by its id alone.
    expect(await store.inbox.record(delivered(webhookBody(anEcho('half', { mid }))), NOW)).toEqual([]);
  });

  test('an echo confirms a send whose text has a NUL', async () => {
    const { store } = await anEmptyStore(target);
    const send: NewSend = { ...aSend(), message: { text: 'half\0half' } };
    await store.ledger.open(send, yes, NOW);
    const { message, ...item } = anEcho('', { metadata: send.sendId }) as ReturnType<typeof anEcho> & {
      message: object;
    };

    await store.inbox.record(delivered(webhookBody({ ...item, message: { ...message, text: undefined } })), NOW);

    expect(await store.ledger.find(send.sendId)).toMatchObject({ status: 'sent' });
  });

  test('of many who open one send at once exactly one may call', async () => {
    const { store, url } = await anEmptyStore(target);
    const other = await aStoreAt(url);

    const turns = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? store : other).ledger.open(aSend(), index % 3 ? yes : no, NOW),
      ),
    );

    const entries = new Set(turns.map(({ entry }) => JSON.stringify(entry)));
    expect(entries.size).toBe(1);
    const isRefused = turns[0]?.entry.status === 'refused';
    expect(turns.filter((turn) => turn.how !== undefined)).toHaveLength(isRefused ? 0 : 1);
  });

  test('of many who open it again at once exactly one may call', async () => {
    const { store, url } = await anEmptyStore(target);
    const other = await aStoreAt(url);
    await store.ledger.open(aSend(), yes, NOW);
    await store.ledger.postpone(aSend().sendId, 'rate_limited', 1);
    const seen = await store.ledger.find(aSend().sendId);

    const turns = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other).ledger.reopen(aSend(), seen!, yes, NOW)),
    );

    expect(turns.filter((turn) => turn.how !== undefined)).toHaveLength(1);
    expect(await store.ledger.find(aSend().sendId)).toMatchObject({ status: 'calling', attempts: 2 });
  });

  test('a window that closed meanwhile refuses the second try', async () => {
    const { store } = await anEmptyStore(target);
    await store.ledger.open(aSend(), yes, NOW);
    await store.ledger.markUnconfirmed(aSend().sendId, 'no_answer', 1, NOW);
    const seen = await store.ledger.find(aSend().sendId);
    expect(seen).toMatchObject({ status: 'doubtful', code: 'no_answer', attempts: 1, doubtfulSince: NOW });

    const turn = await store.ledger.reopen(aSend(), seen!, no, NOW);

    expect(turn).toMatchObject({ entry: { status: 'refused', code: 'window_closed', attempts: 2 } });
  });

  test('nobody overwrites what was sent', async () => {
    const { store } = await anEmptyStore(target);
    const { ledger } = store;
    const { sendId } = aSend();
    await ledger.open(aSend(), yes, NOW);
    await ledger.sent(aSend(), MID, NOW);
    const sent = { status: 'sent', messageId: MID, attempts: 1, createdAt: NOW } as const;

    await ledger.postpone(sendId, 'late', 1);
    await ledger.markUnconfirmed(sendId, 'late', 1, NOW);
    await ledger.settle(sendId, { status: 'failed', code: 'late' }, 1, NOW);
    await ledger.sent(aSend(), 'm_Second', NOW);

    expect(await ledger.reopen(aSend(), sent, yes, NOW)).toMatchObject({ entry: sent });
    expect(await ledger.find(sendId)).toMatchObject(sent);
  });

  test('a late report about an attempt changes nothing of the attempt that followed', async () => {
    const { store } = await anEmptyStore(target);
    const { ledger } = store;
    const { sendId } = aSend();
    await ledger.open(aSend(), yes, NOW);
    await ledger.markUnconfirmed(sendId, 'no_answer', 1, NOW);
    await ledger.reopen(aSend(), (await ledger.find(sendId))!, yes, NOW);

    await ledger.postpone(sendId, 'rate_limited', 1);
    await ledger.settle(sendId, { status: 'failed', code: 'late' }, 1, NOW);

    expect(await ledger.find(sendId)).toMatchObject({ status: 'calling', attempts: 2 });
  });

  test('an end is an end: only proof of the contrary changes it', async () => {
    const { store } = await anEmptyStore(target);
    const { sendId } = aSend();
    await store.ledger.open(aSend(), yes, NOW);
    await store.ledger.settle(sendId, { status: 'unknown', code: 'no_echo' }, 1, NOW);
    await store.ledger.postpone(sendId, 'late', 1);
    expect(await store.ledger.find(sendId)).toMatchObject({ status: 'unknown', code: 'no_echo', attempts: 1 });

    await store.inbox.record(delivered(webhookBody(anEcho('answer 0', { mid: MID, metadata: sendId }))), NOW);

    expect(await store.ledger.find(sendId)).toMatchObject({ status: 'sent', messageId: MID, attempts: 1 });
  });

  test('what is withdrawn is tried no more, and what Meta may have taken is not called failed', async () => {
    const { store } = await anEmptyStore(target);
    const hold: Judge<never> = () => ({ hold: 'token_invalid' });
    await store.ledger.open(aSend(0), hold, NOW);
    await store.ledger.open(aSend(1), yes, NOW);
    await store.ledger.open(aSend(2), yes, NOW);
    await store.ledger.sent(aSend(2), MID, NOW);
    const withdraw = (place: number) => store.ledger.withdraw(aSend(place).sendId, 'taken_over', NOW);

    expect(await withdraw(0)).toMatchObject({ status: 'failed', code: 'taken_over' });
    expect(await withdraw(1)).toMatchObject({ status: 'unknown', code: 'taken_over' });
    expect(await withdraw(2)).toMatchObject({ status: 'sent', messageId: MID });
    expect(await withdraw(3)).toBeUndefined();
    expect(await store.ledger.open(aSend(0), yes, NOW)).not.toHaveProperty('how');
  });

  test('how many are in which status', async () => {
    const { store } = await anEmptyStore(target);
    for (const place of [0, 1, 2]) await store.ledger.open(aSend(place), yes, NOW);
    await store.ledger.sent(aSend(0), MID, NOW);
    await store.ledger.postpone(aSend(1).sendId, 'rate_limited', 1);

    expect(await store.ledger.counts()).toMatchObject({
      calling: 1,
      waiting: 1,
      doubtful: 0,
      refused: 0,
      failed: 0,
      unknown: 0,
    });
  });

  describe('echoes', () => {
    test('one that arrives before the answer proves the send, and the talk has one line of it', async () => {
      const { store } = await anEmptyStore(target);
      await store.ledger.open(aSend(), yes, NOW);

      const heard = await store.inbox.record(
        delivered(webhookBody(anEcho('answer 0', { mid: MID, metadata: aSend().sendId, at: START }))),
        NOW,
      );
      expect(await store.ledger.find(aSend().sendId)).toMatchObject({ status: 'sent', messageId: MID, attempts: 1 });
      await store.ledger.sent(aSend(), MID, NOW);

      expect(heard).toEqual([]);
      expect(await store.transcript.readLast(ANAS, 10)).toEqual([
        { mid: MID, author: 'bot', text: 'answer 0', at: START },
      ]);
    });

    test('one that comes at the same moment as the answer', async () => {
      const { store } = await anEmptyStore(target);
      const sends = Array.from({ length: 20 }, (_, place) => aSend(place));
      for (const send of sends) await store.ledger.open(send, yes, NOW);

      const heard = await Promise.all(
        sends.flatMap((send, place) => [
          store.ledger.sent(send, `m_${place}`, NOW),
          store.inbox.record(delivered(webhookBody(anEcho('x', { mid: `m_${place}`, metadata: send.sendId }))), NOW),
        ]),
      );

      expect(heard.flat().filter(Boolean)).toEqual([]);
      for (const [place, { sendId }] of sends.entries()) {
        expect(await store.ledger.find(sendId)).toMatchObject({ status: 'sent', messageId: `m_${place}`, attempts: 1 });
      }
      const lines = await store.transcript.readLast(ANAS, 100);
      expect(lines.map(({ author }) => author)).toEqual(sends.map(() => 'bot'));
    });

    test('one whose answer never came leaves its line in the talk, with its author and its words', async () => {
      const { store } = await anEmptyStore(target);
      await store.ledger.open({ ...aSend(), author: 'human' }, yes, NOW);

      const echo = anEcho('', { mid: MID, metadata: aSend().sendId, at: START });
      await store.inbox.record(
        delivered(webhookBody({ ...echo, message: { ...(echo['message'] as object), text: null } })),
        NOW,
      );

      expect(await store.transcript.readLast(ANAS, 10)).toEqual([
        { mid: MID, author: 'human', text: 'answer 0', at: START },
      ]);
    });

    test('one without metadata is ours by its mid', async () => {
      const { store } = await anEmptyStore(target);
      await store.ledger.open(aSend(), yes, NOW);
      await store.ledger.sent(aSend(), MID, NOW);

      expect(await store.inbox.record(delivered(webhookBody(anEcho('answer 0', { mid: MID }))), NOW)).toEqual([]);
    });

    test.each([
      ['the Page inbox', anEcho('I am here', { appId: PAGE_INBOX_APP })],
      ['another app', anEcho('We ship', { appId: '990000000000001', metadata: 'its own words' })],
      ['another app that guesses our id', anEcho('We ship', { metadata: `messenger:${PAGE}:${BEN}/7/0` })],
      ['another app, to another person', anEcho('We ship', { psid: BEN, metadata: `${ANAS}/7/0` })],
    ])('one of %s proves nothing and stays to be heard', async (_, echo) => {
      const { store } = await anEmptyStore(target);
      await store.ledger.open(aSend(), yes, NOW);

      const heard = await store.inbox.record(delivered(webhookBody(echo)), NOW);

      expect(heard).toHaveLength(1);
      expect(await store.ledger.find(aSend().sendId)).toMatchObject({ status: 'calling', attempts: 1 });
    });
  });
});
