import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HUMAN_AGENT_MS, SAFETY_MARGIN_MS, WINDOW_MS } from '../../src/policy/messaging-window.ts';
import { verdictHorizon } from '../../src/policy/verdict-horizon.ts';
import { verdict, type PolicyInput } from '../../src/policy/verdict.ts';

const OPENED = 1_791_200_000_000;
const HOUR = 3_600_000;
const HUMAN: PolicyInput = {
  channel: 'messenger',
  author: 'human',
  purpose: 'reply',
  messageClass: 'ordinary',
  eligibility: { window: { openedAt: OPENED }, isUnavailable: false, hasOptedOut: false },
  now: OPENED + HOUR,
};

test('an operator may answer until the window closes, then as human agent, then not any more', () => {
  const inWindow = verdictHorizon(HUMAN);
  expect(inWindow).toEqual({ verdict: verdict(HUMAN), until: OPENED + WINDOW_MS });

  const afterIt = verdictHorizon({ ...HUMAN, now: OPENED + WINDOW_MS });
  expect(afterIt.verdict).toMatchObject({ sendClass: { tag: 'HUMAN_AGENT' } });
  expect(afterIt.until).toBe(OPENED + HUMAN_AGENT_MS - SAFETY_MARGIN_MS);

  const tooLate = verdictHorizon({ ...HUMAN, now: afterIt.until ?? 0 });
  expect(tooLate).toEqual({
    verdict: { status: 'refused', reason: 'window_closed', allowedAfter: 'their next action' },
  });
});

test('a bot stops a minute before, and waits for another app as long as that has control', () => {
  const bot = { ...HUMAN, author: 'bot' } as const;
  expect(verdictHorizon(bot).until).toBe(OPENED + WINDOW_MS - SAFETY_MARGIN_MS);
  const until = OPENED + 5 * HOUR;
  const held = { ...bot, eligibility: { ...bot.eligibility, otherOwner: { who: 'other_app', until } } } as const;
  expect(verdictHorizon(held)).toMatchObject({ verdict: { status: 'held', reason: 'thread_owner' }, until });
});

test('time changes nothing for who blocked the Page, and for a Page whose breaker is open', () => {
  const { eligibility } = HUMAN;
  expect(verdictHorizon({ ...HUMAN, eligibility: { ...eligibility, isUnavailable: true } })).not.toHaveProperty(
    'until',
  );
  const open = verdictHorizon({ ...HUMAN, eligibility: { ...eligibility, breakerReason: 'token_invalid' } });
  // The window may close meanwhile: then it is refused.
  expect(open.verdict).toMatchObject({ status: 'held', reason: 'token_invalid' });
  expect(open.until).toBe(OPENED + HUMAN_AGENT_MS - SAFETY_MARGIN_MS);
});

const offset = fc.integer({ min: -2 * 86_400_000, max: 9 * 86_400_000 });
const inputs = fc.record({
  channel: fc.constantFrom('messenger', 'instagram'),
  author: fc.constantFrom('bot', 'human'),
  purpose: fc.constantFrom('reply', 'update'),
  messageClass: fc.constantFrom('ordinary', 'utility', 'feedback', 'sticker'),
  templateStatus: fc.constantFrom(undefined, 'APPROVED', 'REJECTED'),
  trustsAdWindow: fc.boolean(),
  now: offset.map((ms) => OPENED + ms),
  eligibility: fc.record(
    {
      window: fc.record(
        { openedAt: fc.constant(OPENED), mayLastUntil: offset.map((ms) => OPENED + ms) },
        { requiredKeys: ['openedAt'] },
      ),
      isUnavailable: fc.boolean(),
      hasOptedOut: fc.boolean(),
      otherOwner: fc.record({ who: fc.constant('other_app'), until: offset.map((ms) => OPENED + ms) }),
      breakerReason: fc.constantFrom('token_invalid', 'restricted'),
    },
    { requiredKeys: ['isUnavailable', 'hasOptedOut'] },
  ),
}) as fc.Arbitrary<PolicyInput>;

/** What a verdict is about: `until` of a hold and the order of nothing else. */
function essence(input: PolicyInput): unknown {
  const answer = verdict(input);
  return answer.status === 'allowed' ? answer.sendClass : [answer.status, answer.reason];
}

test('for every person, message and time: the verdict holds until then, and is another one at that very time', () => {
  fc.assert(
    fc.property(inputs, fc.double({ min: 0, max: 1, noNaN: true }), (input, share) => {
      const { until } = verdictHorizon(input);
      // Twenty days: beyond every boundary.
      const end = until ?? input.now + 20 * 86_400_000;
      for (const at of [input.now + Math.floor(share * (end - 1 - input.now)), end - 1])
        expect(essence({ ...input, now: at })).toEqual(essence(input));
      if (until !== undefined) expect(essence({ ...input, now: until })).not.toEqual(essence(input));
    }),
    { numRuns: 2000 },
  );
});
