import { expect, test } from 'vitest';
import { broadcastId, parseWorkflowId, sequenceId } from '../../../src/workflows/contract/index.ts';

const CONVERSATION = 'messenger:104857600123456:6120459871234567';

test('a workflow id is parsed into what it was built from', () => {
  expect(parseWorkflowId(CONVERSATION)).toEqual({ kind: 'conversation', conversation: CONVERSATION });
  expect(parseWorkflowId(sequenceId('spring-offer', CONVERSATION))).toEqual({
    kind: 'sequence',
    name: 'spring-offer',
    conversation: CONVERSATION,
  });
  expect(parseWorkflowId(broadcastId('spring-offer'))).toEqual({ kind: 'broadcast', name: 'spring-offer' });
});

test.each(['', 'sequence:spring-offer', 'messenger:1', 'telegram:1:2', `${CONVERSATION}:3`])(
  '%j is no id of ours',
  (id) => {
    expect(parseWorkflowId(id)).toBeUndefined();
  },
);
