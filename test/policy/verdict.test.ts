import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CUSTOMER_FEEDBACK_MS,
  HUMAN_AGENT_MS,
  isWindowOpen,
  SAFETY_MARGIN_MS,
  WINDOW_MS,
  windowClosesAt,
} from '../../src/policy/messaging-window.ts';
import { otherOwner, type SendEligibility } from '../../src/policy/send-eligibility.ts';
import { verdict, type PolicyInput, type Verdict } from '../../src/policy/verdict.ts';
import { OUR_APP, PAGE_INBOX_APP } from '../support/events.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OPENED = 1_791_200_000_000;
const GOOD: SendEligibility = { window: { openedAt: OPENED }, isUnavailable: false, hasOptedOut: false };

type Part = Partial<Omit<PolicyInput, 'eligibility' | 'now'>> & { readonly eligibility?: Partial<SendEligibility> };

/** What is judged so many ms after the person wrote, in a word. */
function after(ms: number, { eligibility, ...part }: Part = {}): string {
  return inWords(
    verdict({
      channel: 'messenger',
      author: 'bot',
      purpose: 'reply',
      messageClass: 'ordinary',
      now: OPENED + ms,
      ...part,
      eligibility: { ...GOOD, ...eligibility },
    }),
  );
}

function inWords(judgement: Verdict): string {
  if (judgement.status === 'allowed') return Object.values(judgement.sendClass).join(' ');
  return `${judgement.status}: ${judgement.reason}`;
}

const BOT_EDGE = WINDOW_MS - SAFETY_MARGIN_MS;
const UPDATE = { purpose: 'update' } as const;
const HUMAN = { author: 'human' } as const;
const FEEDBACK = { messageClass: 'feedback' } as const;
const UTILITY = { messageClass: 'utility' } as const;
const STICKER = { messageClass: 'sticker' } as const;

describe('by time', () => {
  test.each<[string, string, number, Part?]>([
    ['a bot answers at once', 'RESPONSE', 0],
    ['a bot answers in the last moment', 'RESPONSE', BOT_EDGE - 1],
    ['a bot says nothing at the edge', 'refused: window_closed', BOT_EDGE],
    ['a bot writes on its own initiative', 'UPDATE', 20 * HOUR, UPDATE],
    ['a bot follows up too late', 'refused: window_closed', 25 * HOUR, UPDATE],
    ['the clocks differ and the event lies ahead', 'RESPONSE', -5000],
    ['a person answers in time', 'RESPONSE', 23 * HOUR, HUMAN],
    ['a person writes first, in time', 'UPDATE', 23 * HOUR, { ...HUMAN, ...UPDATE }],
    ['a person answers in the last moment of the window', 'RESPONSE', WINDOW_MS - 1, HUMAN],
    ['a person answers after the window', 'MESSAGE_TAG HUMAN_AGENT', WINDOW_MS, HUMAN],
    ['a person, last moment', 'MESSAGE_TAG HUMAN_AGENT', HUMAN_AGENT_MS - SAFETY_MARGIN_MS - 1, HUMAN],
    ['a person comes too late', 'refused: window_closed', HUMAN_AGENT_MS - SAFETY_MARGIN_MS, HUMAN],
    ['a sticker is for the window', 'RESPONSE', HOUR, STICKER],
    [
      "a person's sticker never is a HUMAN_AGENT message",
      'refused: window_closed',
      25 * HOUR,
      { ...HUMAN, ...STICKER },
    ],
    ['a feedback form in the window', 'UPDATE', HOUR, { ...FEEDBACK, ...UPDATE }],
    ['a feedback form within 7 days', 'MESSAGE_TAG CUSTOMER_FEEDBACK', 6 * DAY, { ...FEEDBACK, ...UPDATE }],
    ['a feedback form, too late', 'refused: window_closed', CUSTOMER_FEEDBACK_MS, { ...FEEDBACK, ...UPDATE }],
    ['a feedback form on Instagram', 'refused: window_closed', 2 * DAY, { ...FEEDBACK, channel: 'instagram' }],
    [
      "a person's feedback form is no HUMAN_AGENT message",
      'MESSAGE_TAG CUSTOMER_FEEDBACK',
      2 * DAY,
      { ...FEEDBACK, ...HUMAN },
    ],
    ['an approved template in the window', 'UTILITY', HOUR, { ...UTILITY, ...UPDATE }],
    ['an approved template, a year later', 'UTILITY', 365 * DAY, { ...UTILITY, ...UPDATE }],
    ['a template on Instagram', 'refused: not_on_instagram', HOUR, { ...UTILITY, channel: 'instagram' }],
    [
      'a template on Instagram, by an operator',
      'refused: not_on_instagram',
      HOUR,
      { ...UTILITY, ...HUMAN, channel: 'instagram' },
    ],
    ...['PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'paused'].map((templateStatus): [string, string, number, Part] => [
      `a template that is ${templateStatus}`,
      'refused: template_not_approved',
      HOUR,
      { ...UTILITY, templateStatus },
    ]),
    ['a template that Meta approved again', 'UTILITY', HOUR, { ...UTILITY, templateStatus: 'APPROVED' }],
    ['a template in a state that only Meta understands', 'UTILITY', HOUR, { ...UTILITY, templateStatus: 'FLAGGED' }],
    ['the state of a template concerns no other message', 'RESPONSE', HOUR, { templateStatus: 'PAUSED' }],
  ])('%s: %s', (_, expected, ms, part) => {
    expect(after(ms, part)).toBe(expected);
  });
});

describe('after a click on an ad', () => {
  const eligibility = { window: { openedAt: OPENED, mayLastUntil: OPENED + 7 * DAY } };

  test.each<[string, string, number, Part?]>([
    ['24 hours are sure', 'RESPONSE', 23 * HOUR],
    ['what one page of Meta promises and another does not is left', 'refused: window_uncertain', 2 * DAY],
    ['unless it is believed', 'RESPONSE', 2 * DAY, { trustsAdWindow: true }],
    ['a person has their 7 days in any case', 'MESSAGE_TAG HUMAN_AGENT', 2 * DAY, HUMAN],
    ['it ends for everybody', 'refused: window_closed', 7 * DAY, { trustsAdWindow: true }],
  ])('%s: %s', (_, expected, ms, part) => {
    expect(after(ms, { ...part, eligibility })).toBe(expected);
  });
});

describe('by eligibility', () => {
  test.each<[string, string, Part]>([
    ['whoever never wrote is not written to', 'refused: never_wrote', { eligibility: NO_WINDOW() }],
    ['not by a person either', 'refused: never_wrote', { ...HUMAN, eligibility: NO_WINDOW() }],
    [
      'whoever cannot be reached is left alone',
      'refused: person_unavailable',
      { eligibility: { isUnavailable: true } },
    ],
    ['by people too', 'refused: person_unavailable', { ...HUMAN, eligibility: { isUnavailable: true } }],
    ['by templates too', 'refused: person_unavailable', { ...UTILITY, eligibility: { isUnavailable: true } }],
    ['after "stop" a bot begins nothing', 'refused: opted_out', { ...UPDATE, eligibility: { hasOptedOut: true } }],
    ['no template either', 'refused: opted_out', { ...UTILITY, ...UPDATE, eligibility: { hasOptedOut: true } }],
    ['after "stop" a question is answered', 'RESPONSE', { eligibility: { hasOptedOut: true } }],
    ['after "stop" a person may write', 'UPDATE', { ...HUMAN, ...UPDATE, eligibility: { hasOptedOut: true } }],
    ['a Page without a token waits', 'held: token_invalid', { eligibility: { breakerReason: 'token_invalid' } }],
    ['a restricted Page waits', 'held: restricted', { ...HUMAN, eligibility: { breakerReason: 'restricted' } }],
    [
      'in the thread of another app one waits',
      'held: thread_owner',
      { eligibility: { otherOwner: owner('other_app') } },
    ],
    [
      'while the Page inbox has it one waits',
      'held: thread_owner',
      { eligibility: { otherOwner: owner('page_inbox') } },
    ],
    [
      'what is forbidden does not wait',
      'refused: opted_out',
      { ...UPDATE, eligibility: { hasOptedOut: true, breakerReason: 'restricted' } },
    ],
  ])('%s: %s', (_, expected, part) => {
    expect(after(HOUR, part)).toBe(expected);
  });

  test('a hold by another app says until when', () => {
    const held = verdict({
      channel: 'messenger',
      author: 'bot',
      purpose: 'reply',
      messageClass: 'ordinary',
      eligibility: { ...GOOD, otherOwner: { who: 'other_app', until: OPENED + 5 * HOUR } },
      now: OPENED + HOUR,
    });
    expect(held).toEqual({ status: 'held', reason: 'thread_owner', until: OPENED + 5 * HOUR });
    expect(after(5 * HOUR, { eligibility: { otherOwner: { who: 'other_app', until: OPENED + 5 * HOUR } } })).toBe(
      'RESPONSE',
    );
  });
});

describe('thread control', () => {
  test.each<[string, string, string | undefined, string | undefined]>([
    ['nobody', 'idle', OUR_APP, undefined],
    ['our app', OUR_APP, OUR_APP, undefined],
    ['another app', '517776481860222', OUR_APP, 'other_app'],
    ['an app Meta does not name', 'other', undefined, 'other_app'],
    ['the Page inbox', PAGE_INBOX_APP, undefined, 'page_inbox'],
    ['an app, while ours is not known', '517776481860222', undefined, undefined],
  ])('%s', (_, appId, ourAppId, who) => {
    expect(otherOwner({ appId, since: OPENED }, ourAppId)?.who).toBe(who);
  });

  test('control ends after 24 hours', () => {
    expect(otherOwner({ appId: 'other', since: OPENED }, OUR_APP)?.until).toBe(OPENED + DAY);
  });
});

describe('whatever the case', () => {
  const moment = fc.integer({ min: OPENED - DAY, max: OPENED + 10 * DAY });
  const eligibilities: fc.Arbitrary<SendEligibility> = fc
    .record({
      openedAt: fc.option(moment, { nil: undefined }),
      mayLast: fc.option(moment, { nil: undefined }),
      isUnavailable: fc.boolean(),
      hasOptedOut: fc.boolean(),
      owner: fc.option(
        fc.record({ who: fc.constantFrom('other_app' as const, 'page_inbox' as const), until: moment }),
        {
          nil: undefined,
        },
      ),
      pageHold: fc.option(fc.constantFrom('token_invalid' as const, 'restricted' as const), { nil: undefined }),
    })
    .map(({ openedAt, mayLast, isUnavailable, hasOptedOut, owner: otherOwnerOf, pageHold }) => ({
      isUnavailable,
      hasOptedOut,
      ...(openedAt !== undefined && { window: { openedAt, ...(mayLast !== undefined && { mayLastUntil: mayLast }) } }),
      ...(otherOwnerOf && { otherOwner: otherOwnerOf }),
      ...(pageHold && { pageHold }),
    }));
  const cases: fc.Arbitrary<PolicyInput> = fc.record({
    channel: fc.constantFrom('messenger' as const, 'instagram' as const),
    author: fc.constantFrom('bot' as const, 'human' as const),
    purpose: fc.constantFrom('reply' as const, 'update' as const),
    messageClass: fc.constantFrom('ordinary' as const, 'utility' as const, 'feedback' as const, 'sticker' as const),
    eligibility: eligibilities,
    now: moment,
    trustsAdWindow: fc.boolean(),
  });
  const tagOf = (judgement: Verdict) =>
    judgement.status === 'allowed' && judgement.sendClass.messaging_type === 'MESSAGE_TAG'
      ? judgement.sendClass.tag
      : undefined;

  test('no verdict names a retired tag', () => {
    fc.assert(
      fc.property(cases, (one) => {
        expect([undefined, 'HUMAN_AGENT', 'CUSTOMER_FEEDBACK']).toContain(tagOf(verdict(one)));
      }),
    );
  });

  test('HUMAN_AGENT is for operators alone, after the window and within 7 days', () => {
    fc.assert(
      fc.property(cases, (one) => {
        if (tagOf(verdict(one)) !== 'HUMAN_AGENT') return;
        const age = one.now - (one.eligibility.window?.openedAt ?? 0);
        expect(one.author).toBe('human');
        expect(one.messageClass).toBe('ordinary');
        expect(age).toBeGreaterThanOrEqual(WINDOW_MS);
        expect(age).toBeLessThan(HUMAN_AGENT_MS);
      }),
    );
  });

  test('outside the window a bot sends approved templates only, and feedback forms for 7 days', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const judgement = verdict({ ...one, author: 'bot', trustsAdWindow: false });
        const age = one.now - (one.eligibility.window?.openedAt ?? -Infinity);
        if (judgement.status !== 'allowed' || age < WINDOW_MS) return;
        const isFeedback = one.messageClass === 'feedback' && age < CUSTOMER_FEEDBACK_MS;
        expect(one.messageClass === 'utility' || isFeedback).toBe(true);
      }),
    );
  });

  test('as time passes refused stays refused, and allowed is never held', () => {
    fc.assert(
      fc.property(cases, fc.nat(30 * DAY), (one, laterMs) => {
        const before = verdict(one).status;
        const then = verdict({ ...one, now: one.now + laterMs }).status;
        const mayFollow = {
          refused: ['refused'],
          allowed: ['allowed', 'refused'],
          held: ['held', 'allowed', 'refused'],
        };
        expect(mayFollow[before]).toContain(then);
      }),
    );
  });

  test('a new action of the person never takes a permission away', () => {
    fc.assert(
      fc.property(cases, fc.nat(HOUR), (one, newerMs) => {
        const { window } = one.eligibility;
        if (verdict(one).status !== 'allowed' || !window) return;
        const eligibility = { ...one.eligibility, window: { ...window, openedAt: window.openedAt + newerMs } };
        expect(verdict({ ...one, eligibility }).status).toBe('allowed');
      }),
    );
  });

  test('an operator may send whatever a bot may send', () => {
    fc.assert(
      fc.property(cases, (one) => {
        if (verdict({ ...one, author: 'bot' }).status !== 'allowed') return;
        expect(verdict({ ...one, author: 'human' }).status).toBe('allowed');
      }),
    );
  });
});

test('the window closes for a bot a minute before it closes for Meta', () => {
  expect(windowClosesAt(OPENED)).toBe(OPENED + WINDOW_MS - 60_000);
  expect(isWindowOpen(OPENED, OPENED + WINDOW_MS - 60_001)).toBe(true);
  expect(isWindowOpen(OPENED, OPENED + WINDOW_MS - 60_000)).toBe(false);
  expect(isWindowOpen(undefined, OPENED)).toBe(false);
});

function owner(who: 'other_app' | 'page_inbox') {
  return { who, until: OPENED + DAY };
}

/** Nothing of the good eligibility's window. */
function NO_WINDOW(): Partial<SendEligibility> {
  return { window: undefined } as unknown as Partial<SendEligibility>;
}
