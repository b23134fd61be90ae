import { expect, test } from 'vitest';
import { parseAnswer, TURN_ANSWERS } from '../../src/domain/turn-record.ts';
import { newState } from '../../src/workflows/conversation/conversation-state.ts';
import { beginRecord, recordAnswer } from '../../src/workflows/conversation/turn-records.ts';
import type { Turn } from '../../src/workflows/conversation/turn.ts';

const DAY_MS = 86_400_000;

/** As much of a turn as its record needs. */
function turnAt(at: number, state = newState({}, at)): Turn {
  return { state, now: () => at } as Turn;
}

test('a conversation remembers its last 20 turns, for 7 days', () => {
  const { state } = turnAt(0);
  for (let n = 0; n < 25; n += 1) beginRecord(turnAt(n, state), [n]);
  expect(state.turns?.map(({ events }) => events[0])).toEqual(Array.from({ length: 20 }, (_, n) => n + 5));

  beginRecord(turnAt(7 * DAY_MS + 22, state), [99]);

  expect(state.turns?.map(({ events }) => events[0])).toEqual([23, 24, 99]);
});

test('the records of a conversation stay small, whatever plugins are called and however many answer', () => {
  const { state } = turnAt(0);
  for (let n = 0; n < 30; n += 1) {
    const turn = turnAt(n, state);
    beginRecord(turn, [n]);
    for (let plugin = 0; plugin < 100; plugin += 1)
      recordAnswer(turn, { hook: 'onMessage', who: 'long-name-'.repeat(100), answer: 'pass' });
  }

  expect(JSON.stringify(state.turns).length).toBeLessThan(64_000);
  expect(parseAnswer(state.turns?.[0]?.answers[0] ?? '')).toMatchObject({ hook: 'onMessage', answer: 'pass' });
});

test('a turn that no event began has no record', () => {
  const turn = turnAt(0);

  recordAnswer(turn, { hook: 'onTopic', who: 'faq', answer: 'failed' });

  expect(turn.state.turns).toBeUndefined();
});

test('every answer is read as it was recorded, and another text is none', () => {
  const turn = turnAt(0);
  beginRecord(turn, [1]);
  const answers = TURN_ANSWERS.map((answer) => ({ hook: 'onMessage', who: 'sequence spring-offer', answer }));

  for (const answer of answers) recordAnswer(turn, answer);

  expect(turn.state.turns?.[0]?.answers.map(parseAnswer)).toEqual(answers);
  expect(['', 'onMessage', 'onMessage perhaps faq'].map(parseAnswer)).toEqual([undefined, undefined, undefined]);
});
