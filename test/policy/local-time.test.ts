import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLocalTime, nextLocalTime, type LocalTime } from '../../src/policy/local-time.ts';

const BERLIN = 'Europe/Berlin';

function next(moment: string, time: LocalTime, ...zones: readonly (string | undefined)[]): string {
  return new Date(nextLocalTime(Date.parse(moment), time, ...zones)).toISOString();
}

test.each<[string, string, LocalTime, string]>([
  ['later today', '2026-10-06T08:59:59.999Z', { at: '09:00' }, '2026-10-06T09:00:00.000Z'],
  ['tomorrow, when it is that time now', '2026-10-06T09:00:00Z', { at: '09:00' }, '2026-10-07T09:00:00.000Z'],
  ['midnight', '2026-12-31T12:00:00Z', { at: '00:00' }, '2027-01-01T00:00:00.000Z'],
  ['a day', '2026-10-06T12:00:00Z', { weekday: 'monday', at: '09:00' }, '2026-10-12T09:00:00.000Z'],
  ['the same day in a week', '2026-10-06T09:00:00Z', { weekday: 'tuesday', at: '09:00' }, '2026-10-13T09:00:00.000Z'],
  [
    'the first of several days',
    '2026-10-06T12:00:00Z',
    { weekday: ['tuesday', 'sunday', 'saturday'], at: '9:00' },
    '2026-10-10T09:00:00.000Z',
  ],
  ['a working day', '2026-10-09T12:00:00Z', { weekday: 'working day', at: '09:00' }, '2026-10-12T09:00:00.000Z'],
])('%s', (_, moment, time, expected) => {
  expect(next(moment, time)).toBe(expected);
});

describe('in the time zone of the person', () => {
  test.each<[string, string, LocalTime, string, string]>([
    [
      'their day has begun',
      '2026-10-05T15:30:00Z',
      { weekday: 'tuesday', at: '09:00' },
      'Asia/Tokyo',
      '2026-10-06T00:00:00.000Z',
    ],
    [
      'their day is not over',
      '2026-10-07T00:30:00Z',
      { weekday: 'tuesday', at: '21:00' },
      'America/New_York',
      '2026-10-07T01:00:00.000Z',
    ],
    ['an offset from UTC', '2026-10-06T03:20:00Z', { at: '09:00' }, '+05:45', '2026-10-07T03:15:00.000Z'],
    ['the clocks have gone forward since', '2026-03-28T12:00:00Z', { at: '09:00' }, BERLIN, '2026-03-29T07:00:00.000Z'],
    ['the clocks have gone back since', '2026-10-24T12:00:00Z', { at: '09:00' }, BERLIN, '2026-10-25T08:00:00.000Z'],
    [
      'a time that the clocks skip is as much later',
      '2026-03-28T12:00:00Z',
      { at: '02:30' },
      BERLIN,
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'of a time that comes twice, the first',
      '2026-10-24T12:00:00Z',
      { at: '02:30' },
      BERLIN,
      '2026-10-25T00:30:00.000Z',
    ],
    ['between the two, the next day', '2026-10-25T00:45:00Z', { at: '02:30' }, BERLIN, '2026-10-26T01:30:00.000Z'],
    [
      'Lord Howe skips half an hour',
      '2026-10-03T12:00:00Z',
      { at: '02:15' },
      'Australia/Lord_Howe',
      '2026-10-03T15:45:00.000Z',
    ],
    [
      'Samoa skipped a Friday',
      '2011-12-28T20:00:00Z',
      { weekday: 'saturday', at: '09:00' },
      'Pacific/Apia',
      '2011-12-30T19:00:00.000Z',
    ],
  ])('%s', (_, moment, time, zone, expected) => {
    expect(next(moment, time, zone)).toBe(expected);
  });

  test('the first that is known counts, else UTC', () => {
    expect(next('2026-07-01T12:00:00Z', { at: '09:00' }, undefined, 'Europe/Atlantis', BERLIN)).toBe(
      '2026-07-02T07:00:00.000Z',
    );
    expect(next('2026-07-01T12:00:00Z', { at: '09:00' }, undefined)).toBe('2026-07-02T09:00:00.000Z');
  });
});

test('a time that comes every day comes once a day, all year', () => {
  const clock = fc.tuple(fc.nat(23), fc.nat(59)).map(([hour, minute]) => `${hour}:${String(minute).padStart(2, '0')}`);
  const zones = fc.constantFrom('UTC', BERLIN, 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', '-02:30');
  const moments = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') });
  fc.assert(
    fc.property(moments, clock, zones, (now, at, zone) => {
      const first = nextLocalTime(now, { at }, zone);
      const second = nextLocalTime(first, { at }, zone);
      expect(first).toBeGreaterThan(now);
      expect(first - now).toBeLessThanOrEqual(25 * 3_600_000);
      expect(Math.abs(second - first - 24 * 3_600_000)).toBeLessThanOrEqual(3_600_000);
    }),
    { numRuns: 500 },
  );
});

test.each([
  { at: '24:00' },
  { at: '9am' },
  { at: 9 },
  { at: '09:00', weekday: 'Monday' },
  { at: '09:00', weekday: [] },
  { at: '09:00', weekday: ['working day'] },
  { at: '09:00', weekday: null },
  { at: '09:00', timeZone: 'Europe/Atlantis' },
])('%j is none', (time) => {
  expect(isLocalTime(time as LocalTime)).toBe(false);
});
