import { expect, test } from 'vitest';
import { formatDayAndTime, formatDuration, formatTime, formatTimeLeft, formatZone } from '../../../web/shared/times.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test("a time is shown on the person's clock", () => {
  const at = Date.UTC(2026, 2, 3, 23, 5);
  expect(formatTime(at, 0)).toBe('23:05');
  expect(formatTime(at, 5.5)).toBe('04:35');
  expect(formatDayAndTime(at, 1)).toBe('Wed 4 Mar, 00:05');
});

test.each([
  [-5 * SECOND, '0 s'],
  [40 * SECOND, '40 s'],
  [25 * MINUTE, '25 min'],
  [3 * HOUR, '3 h'],
  [3 * HOUR + 20 * MINUTE, '3 h 20 min'],
  [20 * HOUR + 20 * MINUTE, '20 h'],
  [24 * HOUR, '1 day'],
  [44 * HOUR, '1 day 20 h'],
  [48 * HOUR, '2 days'],
])('%i ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test('a messaging window that has just opened has 24 h left', () => {
  expect(formatTimeLeft(24 * HOUR - 2 * SECOND)).toBe('24 h');
  expect(formatTimeLeft(3 * HOUR + 20 * MINUTE)).toBe('3 h 20 min');
});

test.each([
  [1, 'UTC+1'],
  [0, 'UTC+0'],
  [-6, 'UTC−6'],
])('time zone %i is %s', (timezone, text) => expect(formatZone(timezone)).toBe(text));
