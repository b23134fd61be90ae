import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOfQuietHours, isHours } from '../../src/policy/quiet-hours.ts';

const NIGHT = { from: '21:00', to: '08:00' };

function end(moment: string, hours = NIGHT, timeZone?: string): string | undefined {
  const ms = endOfQuietHours(Date.parse(moment), hours, timeZone);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

test.each([
  ['at noon it is not quiet', '2026-10-06T12:00:00Z', undefined],
  ['a minute before the night it is not quiet', '2026-10-06T20:59:59Z', undefined],
  ['the night begins', '2026-10-06T21:00:00Z', '2026-10-07T08:00:00.000Z'],
  ['it lasts over midnight', '2026-10-06T23:59:59Z', '2026-10-07T08:00:00.000Z'],
  ['it lasts after midnight', '2026-10-07T00:00:00Z', '2026-10-07T08:00:00.000Z'],
  ['the last second', '2026-10-07T07:59:59Z', '2026-10-07T08:00:00.000Z'],
  ['the night is over', '2026-10-07T08:00:00Z', undefined],
])('%s', (_, moment, expected) => {
  expect(end(moment)).toBe(expected);
});

describe('in the time zone of the person', () => {
  test.each([
    ['Lisbon in summer is an hour ahead', '2026-07-01T20:30:00Z', 'Europe/Lisbon', '2026-07-02T07:00:00.000Z'],
    ['Kathmandu is 5:45 ahead', '2026-07-01T16:00:00Z', 'Asia/Kathmandu', '2026-07-02T02:15:00.000Z'],
    ['an offset ahead of UTC', '2026-07-01T11:00:00Z', '+10:30', '2026-07-01T21:30:00.000Z'],
    ['an offset behind UTC', '2026-07-01T00:00:00Z', '-02:30', '2026-07-01T10:30:00.000Z'],
    ['Honolulu is 10 behind', '2026-07-01T07:00:00Z', 'Pacific/Honolulu', '2026-07-01T18:00:00.000Z'],
    [
      'clocks go forward in Berlin: the night is an hour shorter',
      '2026-03-28T22:00:00Z',
      'Europe/Berlin',
      '2026-03-29T06:00:00.000Z',
    ],
    [
      'clocks go back in Berlin: the night is an hour longer',
      '2026-10-24T20:00:00Z',
      'Europe/Berlin',
      '2026-10-25T07:00:00.000Z',
    ],
    ['clocks go back in New York', '2026-11-01T02:00:00Z', 'America/New_York', '2026-11-01T13:00:00.000Z'],
    ['Lord Howe moves by half an hour', '2026-10-03T12:00:00Z', 'Australia/Lord_Howe', '2026-10-03T21:00:00.000Z'],
    [
      'a time zone that does not exist counts as UTC',
      '2026-07-01T22:00:00Z',
      'Europe/Atlantis',
      '2026-07-02T08:00:00.000Z',
    ],
  ])('%s', (_, moment, zone, expected) => {
    expect(end(moment, NIGHT, zone)).toBe(expected);
  });
});

test('hours within one day', () => {
  expect(end('2026-10-06T13:30:00Z', { from: '13:00', to: '14:00' })).toBe('2026-10-06T14:00:00.000Z');
  expect(end('2026-10-06T14:00:00Z', { from: '13:00', to: '14:00' })).toBeUndefined();
});

test('24:00 is midnight', () => {
  expect(end('2026-10-06T23:30:00Z', { from: '22:00', to: '24:00' })).toBe('2026-10-07T00:00:00.000Z');
});

test('from a time to the same time is never quiet', () => {
  expect(end('2026-10-06T12:00:00Z', { from: '08:00', to: '08:00' })).toBeUndefined();
});

test.each(['', '8', '25:00', '24:30', '12:60', '-1:00', '21.00', ' 21:00'])(
  '"%s" is not a time of the day',
  (clock) => {
    expect(isHours({ from: clock, to: '08:00' })).toBe(false);
    expect(() => end('2026-10-06T12:00:00Z', { from: clock, to: '08:00' })).toThrow(`"${clock}"`);
  },
);

test('isHours checks the time zone', () => {
  expect(isHours({ ...NIGHT, timeZone: 'Europe/Lisbon' })).toBe(true);
  expect(isHours({ ...NIGHT, timeZone: '+05:45' })).toBe(true);
  expect(isHours({ ...NIGHT, timeZone: 'Europe/Atlantis' })).toBe(false);
  expect(isHours({ ...NIGHT, timeZone: '+25:00' })).toBe(false);
});

test('when it is quiet, the end lies ahead, is not quiet, and is reached within 25 hours', () => {
  const clock = fc
    .tuple(fc.nat(23), fc.nat(59))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Sydney');
  const moments = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') });
  fc.assert(
    fc.property(moments, clock, clock, zones, (now, from, to, zone) => {
      const over = endOfQuietHours(now, { from, to }, zone);
      if (over === undefined) return;
      expect(over).toBeGreaterThan(now);
      expect(over - now).toBeLessThanOrEqual(25 * 3_600_000);
      const next = endOfQuietHours(over, { from, to }, zone);
      // Where clocks are put back in the middle, it may be quiet once more; it ends all the same.
      if (next !== undefined) expect(endOfQuietHours(next, { from, to }, zone)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test('they end after the gap when the clocks skip the time of their end', () => {
  const hours = { from: '21:00', to: '02:30' };
  expect(end('2026-03-28T22:00:00Z', hours, 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
  expect(end('2026-03-29T00:45:00Z', hours, 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
});
