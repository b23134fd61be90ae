import { describe, expect, test } from 'vitest';
import {
  ANA,
  anEcho,
  anEdit,
  aText,
  PAGE,
  PAGE_INBOX_APP,
  START,
  webhookBody,
  type MessagingItem,
} from '../support/events.ts';
import { anEmptyStore, delivered, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const IG_ACCOUNT = '17841400000000001';
const IG_ANAS = `instagram:${IG_ACCOUNT}:${ANA}` as const;
const NOW = START + 400;
const MID = 'm_Said';

function instagram(message: object, at = START) {
  const item = { sender: { id: ANA }, recipient: { id: IG_ACCOUNT }, timestamp: at, message };
  return delivered({ object: 'instagram', entry: [{ id: IG_ACCOUNT, time: at, messaging: [item] }] });
}

describe.each(targets)('the transcript on $name', (target) => {
  async function aTranscript() {
    const { store, tables } = await anEmptyStore(target);
    return {
      store,
      tables,
      hear: (...items: MessagingItem[]) => store.inbox.record(delivered(webhookBody(...items)), NOW),
      said: async () => (await store.transcript.readLast(ANAS, 10)).map(({ author, text }) => `${author}: ${text}`),
    };
  }

  test('the newest lines, oldest of them first, by when they were said', async () => {
    const { hear, store } = await aTranscript();
    await hear(...[3, 1, 2, 0].map((place) => aText(`line ${place}`, { at: START + place })));

    const lines = await store.transcript.readLast(ANAS, 3);

    expect(lines.map(({ text, at }) => [text, at - START])).toEqual([
      ['line 1', 1],
      ['line 2', 2],
      ['line 3', 3],
    ]);
  });

  test('the author: the person, the Page inbox, another app', async () => {
    const { hear, said } = await aTranscript();

    await hear(
      aText('hello', { at: START }),
      anEcho('I am Ben', { appId: PAGE_INBOX_APP, at: START + 1 }),
      anEcho('We ship today', { appId: '990000000000001', at: START + 2 }),
    );

    expect(await said()).toEqual(['person: hello', 'human: I am Ben', 'other_app: We ship today']);
  });

  test('an edit changes the text, and an older edit that comes late does not', async () => {
    const { hear, said } = await aTranscript();
    await hear(aText('one mug', { mid: MID }));
    await hear(anEdit(MID, 'three mugs', { at: START + 20, editNumber: 2 }));

    await hear(anEdit(MID, 'two mugs', { at: START + 10, editNumber: 1 }));

    expect(await said()).toEqual(['person: three mugs']);
  });

  test('an edit that comes before its message stays, at the place of the message', async () => {
    const { hear, said } = await aTranscript();
    await hear(anEdit(MID, 'two mugs', { at: START + 10 }));
    await hear(aText('And a plate', { at: START + 5 }));

    await hear(aText('one mug', { mid: MID, at: START }));

    expect(await said()).toEqual(['person: two mugs', 'person: And a plate']);
  });

  test.each(['after', 'before'])(
    'a message that is unsent %s it was recorded leaves no text anywhere',
    async (order) => {
      const { store, tables } = await aTranscript();
      const message = () => store.inbox.record(instagram({ mid: MID, text: 'my secret' }), NOW);
      const unsend = () => store.inbox.record(instagram({ mid: MID, is_deleted: true }, START + 10), NOW);
      if (order === 'after') await message();
      await unsend();
      if (order === 'before') await message();

      expect(await store.transcript.readLast(IG_ANAS, 10)).toEqual([]);
      const everything = [
        await tables.selectFrom('inbox').selectAll().execute(),
        await tables.selectFrom('messages').selectAll().execute(),
      ];
      expect(JSON.stringify(everything)).not.toContain('secret');
      const [leased] = await store.inbox.lease([IG_ANAS], { owner: 'a', now: NOW, expiresAt: NOW + 1 });
      expect(leased?.items).toEqual([]);
    },
  );

  test('a message that is unsent while its event is dead can no longer be retried', async () => {
    const { store } = await aTranscript();
    await store.inbox.record(instagram({ mid: MID, text: 'my secret' }), NOW);
    const [leased] = await store.inbox.lease([IG_ANAS], { owner: 'a', now: NOW, expiresAt: NOW + 1 });
    await store.inbox.markDead(IG_ANAS, leased!.items[0]!.inboxId, 'It is too large', 'a');

    await store.inbox.record(instagram({ mid: MID, is_deleted: true }, START + 10), NOW);

    expect(await store.deadEvents.retry('all')).toEqual([]);
  });

  test('an unsent message is still recorded once', async () => {
    const { store } = await aTranscript();
    await store.inbox.record(instagram({ mid: MID, text: 'my secret' }), NOW);
    await store.inbox.record(instagram({ mid: MID, is_deleted: true }, START + 10), NOW);

    expect((await store.inbox.record(instagram({ mid: MID, text: 'my secret' }), NOW)).waiting).toEqual([]);

    expect(await store.transcript.readLast(IG_ANAS, 10)).toEqual([]);
  });
});
