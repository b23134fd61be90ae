import { expect, test } from 'vitest';
import { createDatabase } from '../support/postgres/index.ts';
import { killWhilePosting } from './runs/webhooks.ts';
import { aChaosStage, timeout } from './support/short-runs.ts';

test('other systems hear of everything once and in order, whichever process is killed', { timeout }, async () => {
  const database = await createDatabase();
  const report = await killWhilePosting(await aChaosStage(), {
    processes: 'apart',
    databaseUrl: database.url,
    people: 4,
    kills: 2,
    longestLifeMs: 800,
  });
  expect(report).toMatchObject({ people: 4, missing: 0, doubled: 0, outOfOrder: 0, undelivered: 0 });
  await database.drop();
});
