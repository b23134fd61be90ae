import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCallBudget } from '../../src/graph/call-budget.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PAGE = '104857600123456';
const TERMS = { calls: 10, perMs: 600_000 };
const TAKEN = { status: 'taken' };

test('calls are counted across processes and per Page, all or none', () => {
  const folder = temporaryFolder();
  let now = 1000;
  const run = () => createCallBudget({ folder, ...TERMS, now: () => now });

  expect(run()(PAGE, 8)).toEqual(TAKEN);
  now = 2000;
  expect(run()(PAGE, 3)).toEqual({ status: 'spent', againAt: 601_000 });
  expect(run()(PAGE, 2)).toEqual(TAKEN);
  expect(run()(PAGE, 1)).toEqual({ status: 'spent', againAt: 601_000 });
  expect(run()('104857600999999', 10)).toEqual(TAKEN);
});

test('there is room again when the oldest call expires', () => {
  const folder = temporaryFolder();
  let now = 1000;
  const take = createCallBudget({ folder, ...TERMS, now: () => now });
  take(PAGE, 4);
  now = 300_000;
  take(PAGE, 6);

  now = 600_999;
  expect(take(PAGE, 4)).toEqual({ status: 'spent', againAt: 601_000 });
  expect(take(PAGE, 5)).toEqual({ status: 'spent', againAt: 900_000 });
  now = 601_000;
  expect(take(PAGE, 4)).toEqual(TAKEN);
  expect(take(PAGE, 1)).toMatchObject({ status: 'spent' });
});

test('a foreign file does not count', () => {
  const folder = temporaryFolder();
  const take = createCallBudget({ folder, ...TERMS, now: () => 1000 });
  take(PAGE, 9);
  writeFileSync(join(folder, PAGE, '.DS_Store'), '');

  expect(take(PAGE, 1)).toEqual(TAKEN);
});
