import { describe, expect, test } from 'vitest';
import type { NewSend } from '../../src/store/ledger/index.ts';
import { ANA, anEcho, aText, BEN, PAGE, PAGE_INBOX_APP, START, webhookBody } from '../support/events.ts';
import { allow, hold, refuse } from '../support/verdicts.ts';
import { anEmptyStore, aStoreAt, delivered, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const NOW = START + 400;
const MID = 'm_FromMeta';

function aSend(ordinal = 0): NewSend {
  return {
    sendId: `${ANAS}/7/${ordinal}`,
    conversation: ANAS,
    author: 'bot',
    purpose: 'reply',
    guarantee: 'at-least-once',
    message: { text: `answer ${ordinal}` },
  };
}

describe.each(targets)('the ledger on $name', (target) => {
  test('a send is recorded before the one permit to call is given', async () => {
    const { store } = await anEmptyStore(target);

    expect(await store.ledger.open(aSend(), allow, NOW)).toMatchObject({
      entry: { status: 'calling', attempts: 1 },
      permit: { sendClass: { messaging_type: 'RESPONSE' }, attempt: 1, isProbe: false },
    });
    const again = await store.ledger.open(aSend(), allow, NOW);
    expect(again).toMatchObject({ entry: { status: 'calling', attempts: 1 } });
    expect(again).not.toHaveProperty('permit');
  });

  test('the policy is asked about the contact as it is in the transaction', async () => {
    const { store } = await anEmptyStore(target);
    await store.inbox.record(delivered(webhookBody(aText('hi', { at: START }))), NOW);

    let windowOpenedAt: number | undefined;
    await store.ledger.open(
      aSend(),
      ({ contact }) => {
        windowOpenedAt = contact?.windowOpenedAt;
        return allow();
      },
      NOW,
    );

    expect(windowOpenedAt).toBe(START);
  });

  test('a refused send stays refused', async () => {
    const { store } = await anEmptyStore(target);
    const refused = { entry: { status: 'refused', code: 'window_closed', attempts: 0 } };

    expect(await store.ledger.open(aSend(), refuse, NOW)).toMatchObject(refused);
    expect(await store.ledger.open(aSend(), allow, NOW)).toMatchObject(refused);
  });

  test('a send that Meta took is recorded, also with a NUL in its text and a long message id', async () => {
    const { store } = await anEmptyStore(target);
    const send: NewSend = { ...aSend(), message: { text: 'half\0half' } };
    const mid = Array.from({ length: 990 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    ).join('');
    await store.ledger.open(send, allow, NOW);

    await store.ledger.confirm(send, mid, NOW);

    expect(await store.ledger.find(send.sendId)).toMatchObject({ status: 'sent' });
    expect(await store.transcript.readLast(ANAS, 10)).toMatchObject([{ author: 'bot', text: 'halfhalf' }]);
    // Its echo is known as ours by its id alone.
    expect((await store.inbox.record(delivered(webhookBody(anEcho('half', { mid }))), NOW)).waiting).toEqual([]);
  });

  test('an echo confirms a send whose text has a NUL', async () => {
    const { store } = await anEmptyStore(target);
    const send: NewSend = { ...aSend(), message: { text: 'half\0half' } };
    await store.ledger.open(send, allow, NOW);
    const { message, ...item } = anEcho('', { metadata: store.ledger.metadataOf(send.sendId) }) as ReturnType<
      typeof anEcho
    > & {
      message: object;
    };

    await store.inbox.record(delivered(webhookBody({ ...item, message: { ...message, text: undefined } })), NOW);

    expect(await store.ledger.find(send.sendId)).toMatchObject({ status: 'sent' });
  });

  test('of many concurrent opens exactly one gets a permit', async () => {
    const { store, url } = await anEmptyStore(target);
    const other = await aStoreAt(url);

    const opened = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? store : other).ledger.open(aSend(), index % 3 ? allow : refuse, NOW),
      ),
    );

    const entries = new Set(opened.map(({ entry }) => JSON.stringify(entry)));
    expect(entries.size).toBe(1);
    const isRefused = opened[0]?.entry.status === 'refused';
    expect(opened.filter(({ permit }) => permit !== undefined)).toHaveLength(isRefused ? 0 : 1);
  });

  test('of many concurrent reopens exactly one gets a permit', async () => {
    const { store, url } = await anEmptyStore(target);
    const other = await aStoreAt(url);
    await store.ledger.open(aSend(), allow, NOW);
    await store.ledger.postpone(aSend().sendId, 'rate_limited', 1);
    const seen = await store.ledger.find(aSend().sendId);

    const opened = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other).ledger.reopen(aSend(), seen!, allow, NOW)),
    );

    expect(opened.filter(({ permit }) => permit !== undefined)).toHaveLength(1);
    expect(await store.ledger.find(aSend().sendId)).toMatchObject({ status: 'calling', attempts: 2 });
  });

  test('a window that closed meanwhile refuses the second try', async () => {
    const { store } = await anEmptyStore(target);
    await store.ledger.open(aSend(), allow, NOW);
    await store.ledger.markUnconfirmed(aSend().sendId, 'no_answer', 1, NOW);
    const seen = await store.ledger.find(aSend().sendId);
    expect(seen).toMatchObject({ status: 'unconfirmed', code: 'no_answer', attempts: 1, unconfirmedSince: NOW });

    const reopened = await store.ledger.reopen(aSend(), seen!, refuse, NOW);

    expect(reopened).toMatchObject({ entry: { status: 'refused', code: 'window_closed', attempts: 2 } });
  });

  test('no other status overwrites sent', async () => {
    const { store } = await anEmptyStore(target);
    const { ledger } = store;
    const { sendId } = aSend();
    await ledger.open(aSend(), allow, NOW);
    await ledger.confirm(aSend(), MID, NOW);
    const sent = { status: 'sent', messageId: MID, attempts: 1, createdAt: NOW } as const;

    await ledger.postpone(sendId, 'rate_limited', 1);
    await ledger.markUnconfirmed(sendId, 'rate_limited', 1, NOW);
    await ledger.settle(sendId, { status: 'failed', code: 'rate_limited' }, 1, NOW);
    await ledger.confirm(aSend(), 'm_Second', NOW);

    expect(await ledger.reopen(aSend(), sent, allow, NOW)).toMatchObject({ entry: sent });
    expect(await ledger.find(sendId)).toMatchObject(sent);
  });

  test('a late report about an attempt changes nothing of the attempt that followed', async () => {
    const { store } = await anEmptyStore(target);
    const { ledger } = store;
    const { sendId } = aSend();
    await ledger.open(aSend(), allow, NOW);
    await ledger.markUnconfirmed(sendId, 'no_answer', 1, NOW);
    await ledger.reopen(aSend(), (await ledger.find(sendId))!, allow, NOW);

    await ledger.postpone(sendId, 'rate_limited', 1);
    await ledger.settle(sendId, { status: 'failed', code: 'rate_limited' }, 1, NOW);

    expect(await ledger.find(sendId)).toMatchObject({ status: 'calling', attempts: 2 });
  });

  test('only an echo changes a final status', async () => {
    const { store } = await anEmptyStore(target);
    const { sendId } = aSend();
    await store.ledger.open(aSend(), allow, NOW);
    await store.ledger.settle(sendId, { status: 'unknown', code: 'no_echo' }, 1, NOW);
    await store.ledger.postpone(sendId, 'rate_limited', 1);
    expect(await store.ledger.find(sendId)).toMatchObject({ status: 'unknown', code: 'no_echo', attempts: 1 });

    await store.inbox.record(
      delivered(webhookBody(anEcho('answer 0', { mid: MID, metadata: store.ledger.metadataOf(sendId) }))),
      NOW,
    );

    expect(await store.ledger.find(sendId)).toMatchObject({ status: 'sent', messageId: MID, attempts: 1 });
  });

  test('a withdrawn send is not tried again, and ends as unknown if Meta may have taken it', async () => {
    const { store } = await anEmptyStore(target);
    await store.ledger.open(aSend(0), () => hold('token_invalid'), NOW);
    await store.ledger.open(aSend(1), allow, NOW);
    await store.ledger.open(aSend(2), allow, NOW);
    await store.ledger.confirm(aSend(2), MID, NOW);
    const withdraw = (ordinal: number) => store.ledger.withdraw(aSend(ordinal).sendId, 'taken_over', NOW);

    expect(await withdraw(0)).toMatchObject({ status: 'failed', code: 'taken_over' });
    expect(await withdraw(1)).toMatchObject({ status: 'unknown', code: 'taken_over' });
    expect(await withdraw(2)).toMatchObject({ status: 'sent', messageId: MID });
    expect(await withdraw(3)).toBeUndefined();
    expect(await store.ledger.open(aSend(0), allow, NOW)).not.toHaveProperty('permit');
  });

  test('counts sends by status', async () => {
    const { store } = await anEmptyStore(target);
    for (const ordinal of [0, 1, 2]) await store.ledger.open(aSend(ordinal), allow, NOW);
    await store.ledger.confirm(aSend(0), MID, NOW);
    await store.ledger.postpone(aSend(1).sendId, 'rate_limited', 1);

    expect(await store.ledger.counts()).toMatchObject({
      calling: 1,
      waiting: 1,
      unconfirmed: 0,
      refused: 0,
      failed: 0,
      unknown: 0,
    });
  });

  describe('echoes', () => {
    test('an echo before the answer confirms the send, and the transcript has one line of it', async () => {
      const { store } = await anEmptyStore(target);
      await store.ledger.open(aSend(), allow, NOW);

      const forwarded = await store.inbox.record(
        delivered(
          webhookBody(anEcho('answer 0', { mid: MID, metadata: store.ledger.metadataOf(aSend().sendId), at: START })),
        ),
        NOW,
      );
      expect(await store.ledger.find(aSend().sendId)).toMatchObject({ status: 'sent', messageId: MID, attempts: 1 });
      await store.ledger.confirm(aSend(), MID, NOW);

      expect(forwarded.waiting).toEqual([]);
      expect(await store.transcript.readLast(ANAS, 10)).toEqual([
        { mid: MID, author: 'bot', text: 'answer 0', at: START },
      ]);
    });

    test('an echo at the same time as the answer leaves one line', async () => {
      const { store } = await anEmptyStore(target);
      const sends = Array.from({ length: 20 }, (_, ordinal) => aSend(ordinal));
      for (const send of sends) await store.ledger.open(send, allow, NOW);

      const forwarded = await Promise.all(
        sends.flatMap((send, ordinal) => [
          store.ledger.confirm(send, `m_${ordinal}`, NOW),
          store.inbox.record(
            delivered(
              webhookBody(anEcho('x', { mid: `m_${ordinal}`, metadata: store.ledger.metadataOf(send.sendId) })),
            ),
            NOW,
          ),
        ]),
      );

      expect(forwarded.flatMap((recorded) => recorded?.waiting ?? [])).toEqual([]);
      for (const [ordinal, { sendId }] of sends.entries()) {
        expect(await store.ledger.find(sendId)).toMatchObject({
          status: 'sent',
          messageId: `m_${ordinal}`,
          attempts: 1,
        });
      }
      const lines = await store.transcript.readLast(ANAS, 100);
      expect(lines.map(({ author }) => author)).toEqual(sends.map(() => 'bot'));
    });

    test('an echo of a send without an answer is recorded in the transcript with the author and text of the send', async () => {
      const { store } = await anEmptyStore(target);
      await store.ledger.open({ ...aSend(), author: 'human' }, allow, NOW);

      const echo = anEcho('', { mid: MID, metadata: store.ledger.metadataOf(aSend().sendId), at: START });
      await store.inbox.record(
        delivered(webhookBody({ ...echo, message: { ...(echo['message'] as object), text: null } })),
        NOW,
      );

      expect(await store.transcript.readLast(ANAS, 10)).toEqual([
        { mid: MID, author: 'human', text: 'answer 0', at: START },
      ]);
    });

    test('an echo without metadata is recognised by its mid', async () => {
      const { store } = await anEmptyStore(target);
      await store.ledger.open(aSend(), allow, NOW);
      await store.ledger.confirm(aSend(), MID, NOW);

      expect((await store.inbox.record(delivered(webhookBody(anEcho('answer 0', { mid: MID }))), NOW)).waiting).toEqual(
        [],
      );
    });

    describe('on Instagram, without app and metadata', () => {
      const conversation = `instagram:${PAGE}:${ANA}` as const;
      const onInstagram = (ordinal = 0) => ({
        ...aSend(ordinal),
        conversation,
        sendId: `${conversation}/7/${ordinal}` as const,
      });
      const bareEcho = (mid: string, content: object) => ({
        object: 'instagram',
        entry: [
          {
            id: PAGE,
            time: START,
            messaging: [
              {
                sender: { id: PAGE },
                recipient: { id: ANA },
                timestamp: START,
                message: { is_echo: true, mid, ...content },
              },
            ],
          },
        ],
      });

      test('our own, before the answer, confirms its send and is not shown to the bot', async () => {
        const { store } = await anEmptyStore(target);
        await store.ledger.open(onInstagram(0), allow, NOW);
        await store.ledger.open(
          {
            ...onInstagram(1),
            message: { attachment: { type: 'image', payload: { url: 'https://shop.example/1.png' } } },
          },
          allow,
          NOW,
        );
        await store.ledger.markUnconfirmed(onInstagram(1).sendId, 'no_answer', 1, NOW);

        const words = await store.inbox.record(delivered(bareEcho('m_words', { text: 'answer 0' })), NOW);
        const photo = await store.inbox.record(
          delivered(
            bareEcho('m_photo', { attachments: [{ type: 'image', payload: { url: 'https://cdn.example/x' } }] }),
          ),
          NOW,
        );
        await store.ledger.confirm(onInstagram(0), 'm_words', NOW);

        expect([words.waiting, photo.waiting]).toEqual([[], []]);
        expect(await store.ledger.find(onInstagram(0).sendId)).toMatchObject({ status: 'sent', messageId: 'm_words' });
        expect(await store.ledger.find(onInstagram(1).sendId)).toMatchObject({ status: 'sent', messageId: 'm_photo' });
        const lines = await store.transcript.readLast(conversation, 10);
        expect(lines.map(({ author }) => author)).toEqual(['bot', 'bot']);
      });

      test.each([
        ['other words', { text: 'Ana here' }],
        [
          'a file that we did not send',
          { attachments: [{ type: 'image', payload: { url: 'https://cdn.example/x' } }] },
        ],
      ])('%s are an operator’s and go to the conversation', async (_, content) => {
        const { store } = await anEmptyStore(target);
        await store.ledger.open(onInstagram(), allow, NOW);

        const { waiting } = await store.inbox.record(delivered(bareEcho('m_hand', content)), NOW);
        expect(waiting).toEqual([conversation]);
        expect(await store.ledger.find(onInstagram().sendId)).toMatchObject({ status: 'calling' });
        expect(await store.transcript.readLast(conversation, 10)).toMatchObject([{ author: 'human' }]);
      });

      test('our own words again, written by hand after their send has its outcome, are an operator’s', async () => {
        const { store } = await anEmptyStore(target);
        await store.ledger.open(onInstagram(), allow, NOW);
        await store.ledger.confirm(onInstagram(), 'm_words', NOW);

        const again = await store.inbox.record(delivered(bareEcho('m_again', { text: 'answer 0' })), NOW);
        expect(again.waiting).toEqual([conversation]);
      });
    });

    test.each([
      ['the Page inbox', anEcho('I am here', { appId: PAGE_INBOX_APP })],
      ['another app', anEcho('We ship', { appId: '990000000000001', metadata: 'its own words' })],
      ['another app that guesses our id', anEcho('We ship', { metadata: `messenger:${PAGE}:${BEN}/7/0` })],
      ['another app, to another person', anEcho('We ship', { psid: BEN, metadata: `${ANAS}/7/0` })],
    ])('an echo of %s confirms nothing and goes to the conversation', async (_, echo) => {
      const { store } = await anEmptyStore(target);
      await store.ledger.open(aSend(), allow, NOW);

      const forwarded = await store.inbox.record(delivered(webhookBody(echo)), NOW);

      expect(forwarded.waiting).toHaveLength(1);
      expect(await store.ledger.find(aSend().sendId)).toMatchObject({ status: 'calling', attempts: 1 });
    });
  });
});
