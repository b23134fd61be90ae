import { expect, test } from 'vitest';
import { userProfileAnswer } from '../../src/graph/user-profile.ts';

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

const HOURS = [-12, -9.5, -8, -3.5, 0, 1, 3.5, 4.5, 5.5, 5.75, 6.5, 8, 9.5, 10.5, 14];

test.each(HOURS)('an offset of %d hours has a zone that shows the same time', (timezone) => {
  const { timeZone } = userProfileAnswer.parse({ timezone });
  // In July, when it is summer in St John's and winter on Lord Howe: Meta gives the current offset.
  const noon = new Date(timezone === -3.5 ? '2026-01-10T12:00:00Z' : '2026-07-10T12:00:00Z');
  const shown = new Intl.DateTimeFormat('en-GB', { ...(timeZone && { timeZone }), timeStyle: 'short' }).format(noon);
  const minutes = (((12 + timezone) * 60 + 1440) % 1440) / 60;
  expect(shown).toBe(`${String(Math.floor(minutes)).padStart(2, '0')}:${String((minutes % 1) * 60).padStart(2, '0')}`);
});

test.each([-13, 15, 2.25, Number.NaN])('an offset of %d hours has no zone', (timezone) => {
  expect(userProfileAnswer.parse({ timezone })).toEqual({});
});
