import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeWebhook } from '../../../src/api/webhook/decode/index.ts';
import { parseJson } from '../../../src/api/webhook/parse-json.ts';
import { fixtureBytes, fixtureNames } from '../../support/fixtures.ts';

type Json = Record<string, unknown>;
type Body = { object: string; entry: (Json & { time: number })[] };

const bodyOf = (name: string) => parseJson(fixtureBytes(name)) as Body;
const keysOf = (body: unknown) => (decodeWebhook(body) ?? []).map(({ event }) => event.dedupeKey);
const aBody = fc.constantFrom(...fixtureNames()).map(bodyOf);

/** Any JSON, with Meta's own keys among the others so that it gets past the first check. */
const metaKey = fc.constantFrom(
  ...`sender recipient timestamp id mid message text attachments type payload reaction postback optin referral read
  watermark delivery mids field value order products messaging_feedback feedback_screens questions app_roles
  __proto__ constructor toString`.split(/\s+/),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.array(fc.tuple(metaKey, tie('json')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
}));
const entry = fc.record(
  { id: json, time: json, messaging: json, standby: json, changes: json, calls: json },
  { requiredKeys: [] },
);
const anyBody = fc.oneof(
  json,
  fc.record({ object: fc.constantFrom('page', 'instagram', 'user'), entry: fc.oneof(json, fc.array(entry)) }),
  fc.record({
    object: fc.constant('page'),
    entry: fc.array(fc.record({ id: fc.constant('1'), time: fc.constant(1791200000000), messaging: fc.array(json) })),
  }),
);

test('no JSON whatsoever makes the parser throw, and every event has what all events have', () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      for (const { event } of decodeWebhook(body) ?? []) {
        expect(event.dedupeKey).not.toBe('');
        expect(Number.isSafeInteger(event.at)).toBe(true);
        expect(event.conversation === undefined).toBe(event.psid === undefined);
        expect(event.pageId === '' ? event.kind : 'malformed').toBe('malformed');
      }
    }),
    { numRuns: 1000 },
  );
});

test('JSON nested as deep as it gets does not make the parser throw', () => {
  let deep: unknown = 'bottom';
  for (let level = 0; level < 20_000; level += 1) deep = { id: deep };
  const item = {
    sender: { id: '1' },
    timestamp: 1791200000000,
    message: { mid: 'm', attachments: [{ type: 'x', payload: deep }] },
  };
  const [delivered] = decodeWebhook({ object: 'page', entry: [{ id: '2', messaging: [item] }] }) ?? [];
  expect(delivered?.event).toMatchObject({ kind: 'malformed', reason: expect.stringContaining('nested deeper') });
});

test('an event delivered again, sent later and with other addresses of its media, has the same key', () => {
  fc.assert(
    fc.property(aBody, fc.nat({ max: 20 * 60_000 }), fc.webUrl(), (body, later, url) => {
      expect(keysOf(deliveredAgain(body, later, url))).toEqual(keysOf(body));
    }),
  );
});

test('the order in which entries come changes no key', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(bodyOf('batch-mixed').entry, { minLength: 9 }), (entries) => {
      expect(keysOf({ object: 'page', entry: entries }).toSorted()).toEqual(keysOf(bodyOf('batch-mixed')).toSorted());
    }),
  );
});

test('the order of keys inside an item changes no key', () => {
  fc.assert(
    fc.property(aBody, (body) => {
      expect(keysOf(reversed(body))).toEqual(keysOf(body));
    }),
  );
});

/** As Meta delivers again: another `entry.time`, and another signed address for the same photo. */
function deliveredAgain(body: Body, later: number, url: string): Body {
  const entries = body.entry.map(({ time, ...rest }) => ({
    ...rest,
    time: time + (time < 1e11 ? later / 1000 : later),
  }));
  return withAddresses({ ...body, entry: entries }, url) as Body;
}

function withAddresses(value: unknown, url: string): unknown {
  if (typeof value === 'string') return value.startsWith('https://') ? url : value;
  if (Array.isArray(value)) return value.map((item) => withAddresses(item, url));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withAddresses(part, url)]));
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reversed(part)]),
  );
}
