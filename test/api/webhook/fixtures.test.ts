import { expect, test } from 'vitest';
import { decodeWebhook } from '../../../src/api/webhook/decode/index.ts';
import { parseJson } from '../../../src/api/webhook/parse-json.ts';
import { fixtureBytes, fixtureNames } from '../../support/fixtures.ts';
import { FIXTURE_EVENTS } from './fixture-events.ts';

function eventsOf(name: string) {
  return (decodeWebhook(parseJson(fixtureBytes(name))) ?? []).map(({ event }) => event);
}

test.each(fixtureNames())('%s.json is read as what it tells', (name) => {
  const expected = FIXTURE_EVENTS[name]?.map((facts) => ({ ...facts, dedupeKey: expect.any(String) as string }));
  expect(eventsOf(name)).toStrictEqual(expected);
});

test('every recorded body has a row in the table, and every row a body', () => {
  expect(Object.keys(FIXTURE_EVENTS).toSorted()).toEqual(fixtureNames().toSorted());
});

test('all events of all bodies have dedupe keys of their own', () => {
  const keys = fixtureNames().flatMap((name) => eventsOf(name).map((event) => event.dedupeKey));
  expect(new Set(keys).size).toBe(keys.length);
});

test('every event of a recorded body keeps the item that it was read from', () => {
  const [first] = decodeWebhook(parseJson(fixtureBytes('text'))) ?? [];
  expect(first?.raw).toMatchObject({ message: { mid: 'm_Text1' } });
});
