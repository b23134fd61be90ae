import { expect, test } from 'vitest';
import { createFairQueue } from '../../src/activities/send/rate-limit/fair-queue.ts';
import type { ConversationId } from '../../src/domain/conversation-id.ts';
import { ANA, BEN, PAGE } from '../support/events.ts';

const ANAS: ConversationId = `messenger:${PAGE}:${ANA}`;
const BENS: ConversationId = `messenger:${PAGE}:${BEN}`;

function aQueue(...names: readonly string[]) {
  const queue = createFairQueue<{ readonly name: string; readonly conversation: ConversationId }>();
  for (const name of names) queue.add({ name, conversation: name.startsWith('ana') ? ANAS : BENS });
  const takeAll = () => Array.from({ length: queue.size() }, () => queue.next()?.name);
  return { queue, takeAll };
}

test('conversations are served in turn, and each in order', () => {
  expect(aQueue('ana 1', 'ana 2', 'ana 3', 'ben 1').takeAll()).toEqual(['ana 1', 'ben 1', 'ana 2', 'ana 3']);
});

test('entries that match are taken out, and the others stay in order', () => {
  const { queue, takeAll } = aQueue('ana 1', 'ana 2', 'ben 1', 'ben 2');
  expect(queue.takeIf(({ name }) => name.endsWith('1')).map(({ name }) => name)).toEqual(['ana 1', 'ben 1']);
  expect(queue.size()).toBe(2);
  expect(takeAll()).toEqual(['ana 2', 'ben 2']);
  expect(queue.next()).toBeUndefined();
});
