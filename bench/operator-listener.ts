import { pino } from 'pino';
import { createMetrics } from '../src/api/metrics.ts';
import { createOperatorApp } from '../src/api/operator/index.ts';
import { openStoreDatabase } from '../src/store/db/database.ts';
import { openStore } from '../src/store/index.ts';
import { manyPeople, type ManyPeople } from '../test/api/operator/many-people.ts';
import { NO_META, NO_RUNS, NO_TEMPORAL } from '../test/api/operator/no-temporal.ts';

/** The operator listener on a store with many people, without Temporal: lists ask it for nothing. */
export async function startOperatorListener(databaseUrl: string, people: ManyPeople) {
  const store = await openStore(databaseUrl);
  const { db } = await openStoreDatabase(databaseUrl);
  await manyPeople(db, people);
  await db.destroy();
  const app = await createOperatorApp({
    store,
    metrics: createMetrics(store),
    clock: { now: () => Date.now() },
    policy: {},
    workflows: NO_TEMPORAL,
    runs: NO_RUNS,
    graph: NO_META,
    settings: { retention: {}, unansweredAfterMs: 900_000 },
    privateAddresses: 'refuse',
    log: pino({ level: 'silent' }),
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    store,
    address,
    async close() {
      await app.close();
      await store.close();
    },
  };
}
