import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HUMAN_AGENT_MS,
  isWindowOpen,
  SAFETY_MARGIN_MS,
  WINDOW_MS,
  windowClosesAt,
} from '../../src/policy/messaging-window.ts';
import { verdict, type Author, type Case, type Purpose } from '../../src/policy/verdict.ts';

const HOUR = 3_600_000;
const OPENED = 1_791_200_000_000;

/** What is said so many ms after the person wrote. */
function after(ms: number, author: Author = 'bot', purpose: Purpose = 'reply') {
  const judgement = verdict({ author, purpose, windowOpenedAt: OPENED, now: OPENED + ms });
  return judgement.isAllowed ? Object.values(judgement.sendClass).join(' ') : judgement.reason;
}

describe('what may be said', () => {
  const edge = WINDOW_MS - SAFETY_MARGIN_MS;
  const humanEdge = HUMAN_AGENT_MS - SAFETY_MARGIN_MS;
  test.each<[string, string, number, Author, Purpose]>([
    ['a bot answers at once', 'RESPONSE', 0, 'bot', 'reply'],
    ['a bot answers in the last moment', 'RESPONSE', edge - 1, 'bot', 'reply'],
    ['a bot says nothing at the edge', 'window_closed', edge, 'bot', 'reply'],
    ['a bot writes on its own initiative', 'UPDATE', 20 * HOUR, 'bot', 'update'],
    ['a bot follows up too late', 'window_closed', 25 * HOUR, 'bot', 'update'],
    ['a person answers in time', 'RESPONSE', 23 * HOUR, 'human', 'reply'],
    ['a person writes first, in time', 'UPDATE', 23 * HOUR, 'human', 'update'],
    ['a person answers after the window', 'MESSAGE_TAG HUMAN_AGENT', edge, 'human', 'reply'],
    ['a person answers in the last moment of the 7 days', 'MESSAGE_TAG HUMAN_AGENT', humanEdge - 1, 'human', 'reply'],
    ['a person comes too late', 'window_closed', humanEdge, 'human', 'reply'],
    ['the clocks differ and the event lies ahead', 'RESPONSE', -5000, 'bot', 'reply'],
  ])('%s: %s', (_, expected, ms, author, purpose) => {
    expect(after(ms, author, purpose)).toBe(expected);
  });

  test('nobody is written to who never wrote', () => {
    for (const author of ['bot', 'human'] as const) {
      expect(verdict({ author, purpose: 'reply', windowOpenedAt: undefined, now: OPENED })).toEqual({
        isAllowed: false,
        reason: 'never_wrote',
      });
    }
  });
});

describe('whatever the case', () => {
  const cases: fc.Arbitrary<Case> = fc.record({
    author: fc.constantFrom('bot' as const, 'human' as const),
    purpose: fc.constantFrom('reply' as const, 'update' as const),
    windowOpenedAt: fc.option(fc.integer({ min: 0, max: 2 ** 45 }), { nil: undefined }),
    now: fc.integer({ min: 0, max: 2 ** 45 }),
  });

  test('what is forbidden once stays forbidden until the person acts again', () => {
    fc.assert(
      fc.property(cases, fc.nat(30 * 24 * HOUR), (one, laterMs) => {
        if (verdict(one).isAllowed) return;
        expect(verdict({ ...one, now: one.now + laterMs }).isAllowed).toBe(false);
      }),
    );
  });

  test('a new action of the person never takes a permission away', () => {
    fc.assert(
      fc.property(cases, fc.nat(HOUR), (one, newerMs) => {
        if (!verdict(one).isAllowed) return;
        expect(verdict({ ...one, windowOpenedAt: (one.windowOpenedAt ?? 0) + newerMs }).isAllowed).toBe(true);
      }),
    );
  });

  test('a bot never gets a tag', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const judgement = verdict({ ...one, author: 'bot' });
        expect(judgement.isAllowed && 'tag' in judgement.sendClass).toBe(false);
      }),
    );
  });

  test('a tag is for a person alone, after the window and within 7 days', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const judgement = verdict(one);
        if (!judgement.isAllowed || !('tag' in judgement.sendClass)) return;
        const age = one.now - (one.windowOpenedAt ?? 0);
        expect(one.author).toBe('human');
        expect(age).toBeGreaterThanOrEqual(WINDOW_MS - SAFETY_MARGIN_MS);
        expect(age).toBeLessThan(HUMAN_AGENT_MS);
      }),
    );
  });

  test('a person may say whatever a bot may say', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const isBotAllowed = verdict({ ...one, author: 'bot' }).isAllowed;
        expect(verdict({ ...one, author: 'human' }).isAllowed || !isBotAllowed).toBe(true);
      }),
    );
  });
});

test('the window closes for us a minute before it closes for Meta', () => {
  expect(windowClosesAt(OPENED)).toBe(OPENED + WINDOW_MS - 60_000);
  expect(isWindowOpen(OPENED, OPENED + WINDOW_MS - 60_001)).toBe(true);
  expect(isWindowOpen(OPENED, OPENED + WINDOW_MS - 60_000)).toBe(false);
  expect(isWindowOpen(undefined, OPENED)).toBe(false);
});
