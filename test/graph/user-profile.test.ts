import { expect, test } from 'vitest';
import { userProfileAnswer } from '../../src/graph/user-profile.ts';
import { endOfQuietHours } from '../../src/policy/quiet-hours.ts';

test('what Meta says of a person', () => {
  const answer = { first_name: 'Ana', last_name: 'Sousa', locale: 'pt_PT', timezone: 1, id: '6120459871230045' };
  expect(userProfileAnswer.parse(answer)).toEqual({
    firstName: 'Ana',
    lastName: 'Sousa',
    locale: 'pt_PT',
    timeZone: 'Etc/GMT-1',
  });
});

test('an app without permissions gets an empty object, and an empty profile', () => {
  expect(userProfileAnswer.parse({})).toEqual({});
});

test('malformed fields are left out, and the others stay', () => {
  const answer = { first_name: '', last_name: 7, locale: 'x'.repeat(1000), timezone: 'Lisbon' };
  expect(userProfileAnswer.parse({ ...answer, id: 3 })).toEqual({});
  expect(userProfileAnswer.parse({ ...answer, first_name: ' Ana ' })).toEqual({ firstName: 'Ana' });
});

/** Every offset in use today, in winter or in summer, and some that no place has. */
const HOURS = [
  -12, -9.5, -8, -4.5, -3.5, -2.5, 0, 1, 2.25, 3.5, 4.5, 5.5, 5.75, 6.5, 8, 8.75, 9.5, 10.5, 11.5, 12.75, 13.75, 14,
];
const HOUR_MS = 3_600_000;
const NIGHT = { from: '21:00', to: '08:00' };

test.each(HOURS)("at an offset of %d hours quiet hours end at the person's 08:00, all year round", (timezone) => {
  const { timeZone } = userProfileAnswer.parse({ timezone });
  for (let month = 0; month < 12; month += 1) {
    const eight = Date.UTC(2026, month, 15, 8) - timezone * HOUR_MS;
    expect(endOfQuietHours(eight - 1, NIGHT, timeZone), `month ${month + 1}`).toBe(eight);
    expect(endOfQuietHours(eight - 11 * HOUR_MS, NIGHT, timeZone)).toBe(eight);
    expect(endOfQuietHours(eight - 11 * HOUR_MS - 1, NIGHT, timeZone)).toBeUndefined();
    expect(endOfQuietHours(eight, NIGHT, timeZone)).toBeUndefined();
  }
});

test('a place that moves its clocks has the right hours from the next time its profile is read', () => {
  const places = ['America/St_Johns', 'Australia/Adelaide', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Europe/Lisbon'];
  for (const place of places) {
    for (let month = 0; month < 12; month += 1) {
      const now = Date.UTC(2026, month, 15, 12);
      const { timeZone } = userProfileAnswer.parse({ timezone: offsetOf(place, now) });
      expect(endOfQuietHours(now, NIGHT, timeZone), `${place}, month ${month + 1}`).toBe(
        endOfQuietHours(now, NIGHT, place),
      );
    }
  }
});

/** Hours ahead of UTC, as Meta counts them. */
function offsetOf(place: string, now: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: place, timeZoneName: 'longOffset' });
  const name = format.formatToParts(now).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) + Number(minutes) / 60);
}

test.each([-13, 15, -12.5, 14.25, Number.NaN])('an offset of %d hours has no zone', (timezone) => {
  expect(userProfileAnswer.parse({ timezone })).toEqual({});
});
