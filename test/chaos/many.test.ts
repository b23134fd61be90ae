import { expect, test } from 'vitest';
import { createDatabase } from '../support/postgres/index.ts';
import { killOneOfMany } from './runs/many.ts';
import { aChaosStage, everyMessageOnce, load, timeout } from './support/short-runs.ts';

test('any of several processes on one PostgreSQL may be killed', { timeout }, async () => {
  const database = await createDatabase();
  const report = await killOneOfMany(await aChaosStage(), database.url, { ...load, kills: 2, longestLifeMs: 2500 });
  expect(report).toMatchObject(everyMessageOnce);
  await database.drop();
});
