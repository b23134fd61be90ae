import { describe, expect, test } from 'vitest';
import { MAX_TAGS } from '../../src/domain/tags.ts';
import {
  aDelivery,
  ANA,
  anEcho,
  aPostback,
  aRead,
  aReaction,
  aReferral,
  aText,
  PAGE,
  START,
  webhookBody,
  type MessagingItem,
} from '../support/events.ts';
import { anEmptyStore, delivered, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const HOUR = 3_600_000;
const NOW = START + 400;

describe.each(targets)('contacts on $name', (target) => {
  test('a person who never wrote has no contact', async () => {
    const { store } = await anEmptyStore(target);

    expect(await store.contacts.find(ANAS)).toBeUndefined();
  });

  test('actions of a person open the window, and late events never move its time back', async () => {
    const { store } = await anEmptyStore(target);
    const opened = async (...items: MessagingItem[]) => {
      await store.inbox.record(delivered(webhookBody(...items)), NOW);
      return (await store.contacts.find(ANAS))?.windowOpenedAt;
    };

    expect(await opened(aText('hi', { at: START }))).toBe(START);
    expect(await opened(aText('late', { at: START - HOUR }))).toBe(START);
    expect(await opened(aPostback('PRICES', { at: START + HOUR }))).toBe(START + HOUR);
    expect(await opened(aReaction('m_1', { at: START + 2 * HOUR }))).toBe(START + 2 * HOUR);
    expect(await opened(aReferral('spring', { at: START + 3 * HOUR }), aText('x', { at: START + HOUR }))).toBe(
      START + 3 * HOUR,
    );
  });

  test('messages of the Page and receipts open no window', async () => {
    const { store } = await anEmptyStore(target);

    await store.inbox.record(delivered(webhookBody(anEcho('hello'), aRead(START), aDelivery(START))), NOW);

    expect(await store.contacts.find(ANAS)).toEqual({
      conversation: ANAS,
      pageId: PAGE,
      psid: ANA,
      firstSeenAt: NOW,
      readUntil: START,
      deliveredUntil: START,
    });
  });

  test('a repeated delivery of a message does not open the window again', async () => {
    const { store } = await anEmptyStore(target);
    const item = aText('hi', { at: START });
    await store.inbox.record(delivered(webhookBody(item)), NOW);

    await store.inbox.record(delivered(webhookBody({ ...item, timestamp: START + HOUR })), NOW + HOUR);

    expect(await store.contacts.find(ANAS)).toMatchObject({ windowOpenedAt: START });
  });

  test('receipts move their own watermark, forward only', async () => {
    const { store } = await anEmptyStore(target);
    const receive = (item: ReturnType<typeof aRead>) => store.inbox.record(delivered(webhookBody(item)), NOW);

    await receive(aRead(START + 500));
    await receive(aRead(START));
    await receive(aDelivery(START + 900));
    await receive(aDelivery(START + 100));

    expect(await store.contacts.find(ANAS)).toMatchObject({ readUntil: START + 500, deliveredUntil: START + 900 });
  });

  test('tags are added and removed, also concurrently', async () => {
    const { store } = await anEmptyStore(target);
    await store.inbox.record(delivered(webhookBody(aText('hi', { at: START }))), NOW);
    const change = (add: string[], remove: string[] = []) => store.contacts.changeTags(ANAS, { add, remove });
    const tags = async () => (await store.contacts.find(ANAS))?.tags;

    expect(await tags()).toBeUndefined();
    await Promise.all([change(['lead']), change(['vip']), change(['lead', 'spring'])]);
    expect((await tags())?.toSorted()).toEqual(['lead', 'spring', 'vip']);
    expect(await change(['lead'], ['vip', 'spring'])).toEqual(['lead']);
    const others = Array.from({ length: MAX_TAGS }, (_, index) => `tag ${index}`);
    expect(await change(others)).toEqual(['lead', ...others.slice(0, -1)]);
    await change([], ['lead', ...others]);
    expect(await tags()).toEqual([]);
  });

  test('actions of a person do not change their tags', async () => {
    const { store } = await anEmptyStore(target);
    await store.inbox.record(delivered(webhookBody(aText('hi', { at: START }))), NOW);
    await store.contacts.changeTags(ANAS, { add: ['lead'], remove: [] });

    await store.inbox.record(delivered(webhookBody(aText('again', { at: START + HOUR }))), NOW + HOUR);

    expect(await store.contacts.find(ANAS)).toMatchObject({ tags: ['lead'], windowOpenedAt: START + HOUR });
  });

  test('of many concurrent events the newest counts', async () => {
    const { store } = await anEmptyStore(target);
    const moments = Array.from({ length: 60 }, (_, index) => START + ((index * 37) % 60) * 1000);

    await Promise.all(
      moments.map((at) => store.inbox.record(delivered(webhookBody(aText('hi', { at }), aRead(at))), NOW)),
    );

    const newest = START + 59_000;
    expect(await store.contacts.find(ANAS)).toMatchObject({ windowOpenedAt: newest, readUntil: newest });
  });
});
