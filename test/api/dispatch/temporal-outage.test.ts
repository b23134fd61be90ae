import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createConversationClient } from '../../../src/api/dispatch/conversation-client.ts';
import { createTemporalClient, temporalSettings } from '../../../src/temporal/server/connect.ts';
import { startEmbeddedTemporal, type EmbeddedTemporal } from '../../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../../src/temporal/server/free-port.ts';
import { anEmptyStore, targets, type Target } from '../../store/targets.ts';
import { START } from '../../support/events.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { signalsOf } from '../conversations-in-temporal.ts';
import { aDispatcher, eventsOf, personOf } from './dispatching.ts';
import { until } from './recording-client.ts';

const SQLITE = targets[0] as Target;
const PEOPLE = 5;

test('a Temporal that is stopped and started again on the same file loses nothing, and every order is kept', async () => {
  const port = await freePort();
  const dbFile = join(temporaryFolder(), 'temporal.db');
  let temporal: EmbeddedTemporal | undefined;
  const start = async () => {
    temporal = await startEmbeddedTemporal({ cli: inject('temporalCli'), dbFile, port, log: () => {} });
  };
  onTestFinished(() => temporal?.stop());
  await start();
  const client = createTemporalClient(temporalSettings([], `127.0.0.1:${port}`));
  onTestFinished(() => client.connection.close());
  const { store } = await anEmptyStore(SQLITE);
  const conversationClient = createConversationClient({ client, clock: { now: () => Date.now() } });
  const { dispatcher } = aDispatcher(store, conversationClient);
  let kept = 0;
  const keepOnePerPerson = async () => {
    const events = Array.from({ length: PEOPLE }, (_, person) => eventsOf(person, 1, START + kept)).flat();
    kept += 1;
    dispatcher.wake((await store.inbox.record(events, Date.now())).waiting);
  };

  for (let round = 0; round < 5; round += 1) await keepOnePerPerson();
  await until(async () => (await store.inbox.backlog()).pending === 0);
  await temporal?.stop();
  for (let round = 0; round < 20; round += 1) await keepOnePerPerson();
  await until(() => !dispatcher.isTemporalReachable());
  await start();
  for (let round = 0; round < 5; round += 1) await keepOnePerPerson();
  await until(async () => (await store.inbox.backlog()).pending === 0);

  expect(dispatcher.isTemporalReachable()).toBe(true);
  const reader = new Client({ connection: await Connection.connect({ address: `127.0.0.1:${port}` }) });
  onTestFinished(() => reader.connection.close());
  for (let person = 0; person < PEOPLE; person += 1) {
    const heard = (await signalsOf(reader, personOf(person).conversation)).flat();
    // A signal whose answer was lost may have come twice; the conversation knows the inbox ids. None may be missing.
    const once = [...new Set(heard)];
    expect(once).toHaveLength(kept);
    expect(once).toEqual(once.toSorted((one, other) => one - other));
  }
});
