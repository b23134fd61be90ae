/** The doctor's check of destinations. */

import { expect, onTestFinished, test } from 'vitest';
import { DESTINATION_CHECKS } from '../../src/cli/doctor/checks/destinations.ts';
import type { DoctorContext } from '../../src/cli/doctor/context.ts';
import { openStore } from '../../src/store/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { addDestination, LEAD } from './a-relay.ts';

test('no destination, events that wait, events that were given up, a disabled one', async () => {
  const store = await openStore(`file:${temporaryFolder()}/store.db`);
  onTestFinished(() => store.close());
  const check = async () => DESTINATION_CHECKS[0]!.run({ store: async () => store } as unknown as DoctorContext);
  expect(await check()).toMatchObject({ status: 'ok', message: expect.stringContaining('everthread webhooks add') });

  await addDestination(store, { url: 'https://crm.example/hook?token=t0k3n' });
  await store.leads.save(LEAD);
  expect(await check()).toEqual([{ status: 'ok', message: '"crm": 1 events wait, none refused' }]);

  const now = Date.now();
  const [event] = await store.outbox.lease('crm', 1, now, now);
  await store.outbox.recordFailure(event!, { trouble: 'HTTP 503', retryAt: now }, now);
  expect(await check()).toEqual([
    {
      status: 'warning',
      message: '"crm": 1 events wait and are tried again: HTTP 503. See what answers at crm.example.',
    },
  ]);

  const [again] = await store.outbox.lease('crm', 1, now, now);
  await store.outbox.recordFailure(again!, { trouble: 'HTTP 503' }, now);
  expect(await check()).toMatchObject([
    { status: 'error', message: expect.stringMatching(/^"crm": 1 events were given up/) },
  ]);

  await store.destinations.disable('crm', 'it answered HTTP 410', now);
  expect(await check()).toMatchObject([
    {
      status: 'error',
      message: expect.stringMatching(/^"crm" is disabled, because it answered HTTP 410; 0 events wait/),
    },
  ]);
});
