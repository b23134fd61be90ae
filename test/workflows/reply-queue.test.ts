/** The replies that a sequence was offered, also by a conversation that is reset or terminated between offer and gift. */

import { beforeEach, expect, test } from 'vitest';
import type { Reply } from '../../src/plugins/sequence.ts';
import { createReplyQueue, type ReplyQueue } from '../../src/workflows/sequence/replies.ts';

const yes = { kind: 'message', text: 'yes' } as Reply;
const no = { kind: 'message', text: 'no' } as Reply;

let answers: string[];
let replies: ReplyQueue;

beforeEach(() => {
  answers = [];
  replies = createReplyQueue((id, isTaken) => void answers.push(`${id} ${isTaken ? 'taken' : 'refused'}`));
});

test('a reply that was accepted is taken once it is given', () => {
  replies.offer(yes, 'e1');
  expect(replies.take()).toBeUndefined();
  replies.give(yes, 'e1');
  expect(replies.take()).toBe(yes);
  expect(answers).toEqual(['e1 taken']);
});

test('a conversation that is reset and offers it again hears the same, and its gift counts', () => {
  replies.offer(yes, 'e1');
  replies.take();
  replies.offer(yes, 'e1');
  expect(replies.take()).toBeUndefined();
  replies.give(yes, 'e1');
  expect(replies.take()).toBe(yes);
  expect(answers).toEqual(['e1 taken', 'e1 taken']);
});

test('a reply that nobody gives any more, because its conversation was terminated, does not keep the next one away', () => {
  replies.offer(yes, 'e1');
  replies.take();
  replies.offer(no, 'e2');
  expect(replies.take()).toBeUndefined();
  replies.give(no, 'e2');
  expect(replies.take()).toBe(no);
  expect(answers).toEqual(['e1 taken', 'e2 taken']);
});

test('nor does it keep away one that a plugin handled', () => {
  replies.offer(yes, 'e1');
  replies.take();
  replies.give(no, 'e2');
  expect(replies.take()).toBe(no);
});
