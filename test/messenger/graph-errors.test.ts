import { expect, test } from 'vitest';
import { graphErrorRule, NETWORK_OUTCOMES, type NetworkOutcome } from '../../src/messenger/graph-errors/index.ts';
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

test('our table has no row more', () => {
  const listed = new Set(errors.map(({ code, subcode }) => `${code}/${subcode}`));
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

test('an error that is not in the table may mean anything, so the message may have been delivered', () => {
  expect(graphErrorRule(987654)).toMatchObject({ class: 'ambiguous', retry: 'reconcile' });
});
