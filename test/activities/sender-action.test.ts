/** Typing, seen and reactions between a real store and a scripted Graph API. */

import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { createSenderAction, type SenderActionDeps } from '../../src/activities/send/sender-action.ts';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import type { SenderActionAnswer } from '../../src/graph/graph-client.ts';
import { react, typingOn } from '../../src/messenger/outbound/sender-action.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { ANA, aText, BEN, PAGE, START, webhookBody } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const HOUR = 3_600_000;

interface Scene extends Partial<SenderActionDeps> {
  readonly now?: number;
  /** Meta's answer to a call. */
  readonly answer?: () => Promise<SenderActionAnswer>;
}

/** Ana has written. */
async function aScene({ now = START + HOUR, answer, ...deps }: Scene = {}) {
  const store = await openStore(`file:${join(temporaryFolder(), 'store.db')}`);
  onTestFinished(() => store.close());
  await store.inbox.record(decodeWebhook(webhookBody(aText('hi'))) ?? [], START);
  const calls: unknown[] = [];
  const reasons: unknown[] = [];
  const act = createSenderAction({
    store,
    graph: {
      sendAction: (pageId, body, timeoutMs) => {
        calls.push({ pageId, body, timeoutMs });
        return answer?.() ?? Promise.resolve({ status: 'accepted' });
      },
    },
    clock: { now: () => now },
    log: { debug: (fields) => reasons.push((fields as { reason: unknown }).reason) },
    ...deps,
  });
  return { act, calls, reasons, store };
}

test('Meta is called once, for this person, with a short timeout', async () => {
  const { act, calls, reasons } = await aScene();
  await act(ANAS, react('m_1', '❤️'));
  const body = {
    recipient: { id: ANA },
    sender_action: 'react',
    payload: { message_id: 'm_1', reaction: '❤️' },
  };
  expect(calls).toEqual([{ pageId: PAGE, body, timeoutMs: 1000 }]);
  expect(reasons).toEqual([]);
});

test.each([
  ['the window is closed', { now: START + 24 * HOUR }, ANAS, 'window closed'],
  ['the person never wrote', {}, `messenger:${PAGE}:${BEN}`, 'window closed'],
  ['the Page is busy', { hasSpareCapacity: (pageId: string) => pageId !== PAGE }, ANAS, 'busy'],
] as const)('nothing is asked while %s', async (_, scene, conversation, why) => {
  const { act, calls, reasons } = await aScene(scene);
  await act(conversation, typingOn());
  expect(calls).toEqual([]);
  expect(reasons).toEqual([why]);
});

test.each([
  [
    'Meta holds the Page back',
    (store: Store) => store.circuitBreakers.open(PAGE, { reason: 'restricted', code: '368', now: START }),
    'restricted',
  ],
  ['the person has blocked it', (store: Store) => store.eligibility.markUnavailable(ANAS, START), 'person unavailable'],
  ['another app answers', (store: Store) => store.eligibility.markOwnedByOther(ANAS, START), 'another app answers'],
] as const)('nothing is asked while %s', async (_, happens, why) => {
  const { act, calls, reasons, store } = await aScene();
  await happens(store);
  await act(ANAS, typingOn());
  expect(calls).toEqual([]);
  expect(reasons).toEqual([why]);
});

test.each([
  ['a refusal', async (): Promise<SenderActionAnswer> => ({ status: 'refused', error: { code: 10, message: 'No' } })],
  ['silence', async (): Promise<SenderActionAnswer> => ({ status: 'no_answer', outcome: 'timeout_before_response' })],
  ['an error of our own', () => Promise.reject(new Error('broken'))],
])('%s ends it: nothing is thrown and nothing tried again', async (_, answer) => {
  const { act, calls, reasons } = await aScene({ answer });
  await expect(act(ANAS, typingOn())).resolves.toBeUndefined();
  expect(calls).toHaveLength(1);
  expect(reasons).toHaveLength(1);
});

test('a failing store ends it too', async () => {
  const { act, calls, store } = await aScene();
  await store.close();
  await expect(act(ANAS, typingOn())).resolves.toBeUndefined();
  expect(calls).toEqual([]);
});

test('sender actions without an answer take a quarter of the connections at most, and release them', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { act, calls, reasons } = await aScene({ answer: () => released.then(() => ({ status: 'accepted' })) });
  const asked = Array.from({ length: 20 }, () => act(ANAS, typingOn()));
  await Promise.all(asked.slice(16));
  expect(reasons).toEqual(['busy', 'busy', 'busy', 'busy']);
  release();
  await Promise.all(asked);
  await act(ANAS, typingOn());
  expect(calls).toHaveLength(17);
});
