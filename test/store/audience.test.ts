import { describe, expect, test } from 'vitest';
import type { ContactQuery } from '../../src/domain/contact.ts';
import { conversationId, type ConversationId } from '../../src/domain/conversation-id.ts';
import type { Store } from '../../src/store/index.ts';
import { aText, PAGE, START, webhookBody } from '../support/events.ts';
import { anEmptyStore, delivered, targets } from './targets.ts';

const DAY = 86_400_000;
const NOW = START + 10 * DAY;

const person = (number: number) =>
  conversationId({ channel: 'messenger', pageId: PAGE, psid: `612045987123${1000 + number}` });

/** A contact who wrote so many days ago and has these tags. */
async function aContact(store: Store, number: number, daysAgo: number, ...tags: string[]): Promise<ConversationId> {
  const conversation = person(number);
  const item = aText('hi', { at: NOW - daysAgo * DAY, mid: `m_${number}`, psid: `612045987123${1000 + number}` });
  await store.inbox.record(delivered(webhookBody(item)), NOW);
  if (tags.length > 0) await store.contacts.changeTags(conversation, { add: tags, remove: [] });
  return conversation;
}

describe.each(targets)('segments on $name', (target) => {
  test('match whole tags only', async () => {
    const { store } = await anEmptyStore(target);
    const vip = await aContact(store, 1, 0, 'vip');
    const both = await aContact(store, 2, 0, 'buyer', 'vip');
    await aContact(store, 3, 0, 'VIP', 'vip2', 'a "vip"', ',vip', 'not vip');
    const none = await aContact(store, 4, 0);
    const found = async (query: ContactQuery) => {
      const members = await store.audience.page(query, { limit: 10 }, NOW);
      expect(await store.audience.count(query, NOW)).toBe(members.length);
      return members.map(({ contact }) => contact.conversation);
    };

    expect(await found({ all: ['vip'] })).toEqual([vip, both]);
    expect(await found({ all: ['vip', 'buyer'] })).toEqual([both]);
    expect(await found({ any: ['buyer', ',vip'] })).toEqual([both, person(3)]);
    expect(await found({ none: ['vip', 'VIP'] })).toEqual([none]);
    expect(await found({ all: ['a "vip"'] })).toEqual([person(3)]);
    expect(await found({ all: ["'; drop table contacts; --"] })).toEqual([]);
    expect(await found({})).toHaveLength(4);
  });

  test('match by last activity and by leads of a form', async () => {
    const { store } = await anEmptyStore(target);
    const fresh = await aContact(store, 1, 1);
    const stale = await aContact(store, 2, 8);
    await store.leads.save({ leadId: 'lead-1', conversation: stale, form: 'booking', fields: {}, at: NOW });
    const found = async (query: ContactQuery) =>
      (await store.audience.page(query, { limit: 10 }, NOW)).map(({ contact }) => contact.conversation);

    expect(await found({ activeWithinMs: 7 * DAY })).toEqual([fresh]);
    expect(await found({ leftLead: 'booking' })).toEqual([stale]);
    expect(await found({ leftLead: 'other' })).toEqual([]);
  });

  test('are read in pages that skip nobody, with the open breaker of the Page', async () => {
    const { store } = await anEmptyStore(target);
    for (let number = 1; number <= 5; number += 1) await aContact(store, number, 0);
    await store.circuitBreakers.open(PAGE, { reason: 'token_invalid', code: '190', now: NOW });
    const pages: number[] = [];
    let after: ConversationId | undefined;
    for (;;) {
      const members = await store.audience.page({}, { limit: 2, ...(after && { after }) }, NOW);
      if (members.length === 0) break;
      expect(members[0]?.page?.reason).toBe('token_invalid');
      pages.push(members.length);
      after = members.at(-1)!.contact.conversation;
    }
    expect(pages).toEqual([2, 2, 1]);
  });
});
