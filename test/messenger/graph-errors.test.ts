import { expect, test } from 'vitest';
import {
  answeredErrorRule,
  graphErrorRule,
  NETWORK_OUTCOMES,
  type NetworkOutcome,
} from '../../src/messenger/graph-errors/index.ts';
import { GRAPH_ERRORS } from '../../src/messenger/graph-errors/table.ts';
import { fixtureTable } from '../support/fixtures.ts';

interface Row {
  readonly code: number | null;
  readonly subcode: number | null;
  readonly meaning: string;
  readonly class: string;
  readonly retry: string;
  readonly outcome?: NetworkOutcome;
}

const rows = fixtureTable<Row>('graph-errors.json');
const errors = rows.flatMap((row) => (row.code === null ? [] : [{ ...row, code: row.code }]));
const outcomes = rows.flatMap((row) => (row.outcome === undefined ? [] : [{ ...row, outcome: row.outcome }]));

const ruleIn = ({ class: errorClass, retry, meaning }: Row) => ({ class: errorClass, retry, meaning });

test.each(errors)("$code/$subcode has the rule of Meta's table", (row) => {
  expect(graphErrorRule(row.code, row.subcode ?? undefined)).toEqual(ruleIn(row));
});

test.each(outcomes)('a call that ends with $outcome has its rule', (row) => {
  expect(NETWORK_OUTCOMES[row.outcome]).toEqual(ruleIn(row));
});

/** Meta, graph-api/overview/rate-limiting, read 2026-11-29: throttling codes that the table of the Send API does not list. */
const THROTTLING_CODES = [4, 17, 32, 341, 613, ...Array.from({ length: 15 }, (_, index) => 80_000 + index)];
const THROTTLED_ROWS = ['341/null', '613/null', '80000/null'];

test.each(THROTTLING_CODES)('%s without a subcode is a rate limit, whatever the HTTP status', (code) => {
  for (const httpStatus of [400, 403, 429, 500]) {
    const rule = answeredErrorRule({ error: { code }, httpStatus });
    expect(rule).toMatchObject({ class: 'rate_limited', retry: 'after_pause' });
  }
  expect(answeredErrorRule({ error: { code, error_subcode: 7 }, httpStatus: 400 }).class).toBe('rate_limited');
});

/** The only errors that leave open whether the message was taken. */
const UNSURE = errors.filter(({ class: errorClass, retry }) => errorClass === 'ambiguous' || retry === 'reconcile');

test('the unsure errors are those of code 1, 2 and 1200', () => {
  expect(UNSURE.map(({ code, subcode }) => `${code}/${subcode}`)).toEqual([
    '1/null',
    '1/99',
    '1/1357046',
    '2/null',
    '1200/null',
  ]);
});

test.each([3, 5, 104, 199, 506, 803, 2500, 9007, 80_100, 987_654, 1_609_005])(
  '%s, which is in no table, with HTTP 4xx: it was not taken, and is not tried again',
  (code) => {
    for (const httpStatus of [400, 403, 404, 405, 413, 422, 451, 499]) {
      const rule = answeredErrorRule({ error: { code, message: 'x' }, httpStatus });
      expect(rule).toMatchObject({ class: 'bad_request', retry: 'no' });
    }
  },
);

test('an error in no table: HTTP status, range and is_transient say the rest', () => {
  const rule = (code: number, httpStatus: number, isTransient = false) =>
    answeredErrorRule({ error: { code, is_transient: isTransient }, httpStatus });
  expect(rule(275, 400)).toMatchObject({ class: 'permission', retry: 'no' });
  expect(rule(987_654, 429)).toMatchObject({ class: 'rate_limited', retry: 'after_pause' });
  expect(rule(987_654, 401)).toMatchObject({ class: 'token_invalid', retry: 'after_fix' });
  expect(rule(987_654, 400, true)).toMatchObject({ class: 'transient', retry: 'once_later' });
  for (const status of [200, 302, 500, 502, 503]) expect(rule(987_654, status).class).toBe('ambiguous');
});

/** Meta's own sentences for mistakes in the set-up of app, token and Page. */
const SET_UP: readonly (readonly [code: number, subcode: number | undefined, message: string, cure: RegExp])[] = [
  [100, undefined, 'Invalid appsecret_proof provided in the API argument', /MESSENGER_APP_SECRET/],
  [100, undefined, 'API calls from the server require an appsecret_proof argument', /MESSENGER_APP_SECRET/],
  [104, undefined, 'This method must be called with an appsecret_proof', /MESSENGER_APP_SECRET/],
  [210, undefined, '(#210) This call requires a Page access token.', /the Page's own access token/],
  [210, undefined, '(#210) A page access token is required to request this resource.', /the Page's own access token/],
  [200, undefined, '(#200) Cannot message users: the app is not live', /Live/],
  [
    200,
    2018028,
    '(#200) Cannot message users who are not admins, developers or testers of the app until pages_messaging permission is reviewed and the app is live.',
    /Live/,
  ],
  [10, undefined, '(#10) Application does not have permission for this action', /pages_messaging/],
  [230, undefined, '(#230) Requires pages_messaging permission to manage the object', /pages_messaging/],
  [200, undefined, '(#200) User does not have sufficient administrative permission for this action', /MESSAGING/],
  [200, undefined, '(#200) The Page is not published', /Publish/],
  [
    100,
    33,
    "Unsupported post request. Object with ID '104857600123456' does not exist, cannot be loaded due to missing permissions",
    /MESSENGER_PAGE_ID/,
  ],
];

test.each(SET_UP)('%s/%s "%s" is a mistake in the set-up, with its cure', (code, subcode, message, cure) => {
  const error = { code, message, ...(subcode !== undefined && { error_subcode: subcode }) };
  const rule = answeredErrorRule({ error, httpStatus: 400 });
  expect(rule).toMatchObject({ class: 'token_invalid', retry: 'after_fix' });
  expect(rule.cure).toMatch(cure);
});

/** Sentences about one message or one person, under the same codes. */
test.each([
  [100, undefined, '(#100) Invalid parameter'],
  [100, 2018001, '(#100) No matching user found'],
  [100, undefined, '(#100) Param recipient must be non-empty.'],
  [200, undefined, '(#200) Refused on demand'],
  [210, undefined, '(#210) User not visible'],
  [10, 2018278, '(#10) This message is sent outside of allowed window.'],
  [10, 2018108, '(#10) This person cannot receive messages from this Page right now.'],
  [551, undefined, "(#551) This person isn't available right now."],
])('%s/%s "%s" keeps the rule of its row', (code, subcode, message) => {
  const error = { code, message, ...(subcode !== undefined && { error_subcode: subcode }) };
  expect(answeredErrorRule({ error, httpStatus: 400 })).toEqual(graphErrorRule(code, subcode));
});

test('our table has no row more', () => {
  const listed = new Set([...errors.map(({ code, subcode }) => `${code}/${subcode}`), ...THROTTLED_ROWS]);
  const ours = GRAPH_ERRORS.map(([code, subcode]) => `${typeof code === 'number' ? code : code[0]}/${subcode}`);
  expect(ours.filter((row) => !listed.has(row))).toEqual([]);
  expect(Object.keys(NETWORK_OUTCOMES).toSorted()).toEqual(outcomes.map((row) => row.outcome).toSorted());
});

test('a number that Meta prints bare is found as subcode beside a general code', () => {
  expect(graphErrorRule(10, 2018300).class).toBe('thread_owner');
  expect(graphErrorRule(100, 2018180)).toEqual(graphErrorRule(2018180));
});

test('a subcode that nobody knows leaves the rule of its code', () => {
  expect(graphErrorRule(190, 12345)).toEqual(graphErrorRule(190));
  expect(graphErrorRule(10, 2534999)).toEqual(graphErrorRule(10));
});

test('every number of the Marketing Messages API has its rule, except those with their own', () => {
  expect(graphErrorRule(2300017)).toMatchObject({ class: 'bad_request' });
  expect(graphErrorRule(2300052)).toMatchObject({ class: 'rate_limited' });
});

test('an error that is not in the table and has no HTTP status may mean anything: the message may have been delivered', () => {
  expect(graphErrorRule(987654)).toMatchObject({ class: 'ambiguous', retry: 'reconcile' });
});
