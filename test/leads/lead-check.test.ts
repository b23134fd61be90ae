/** The doctor's check of the webhook for leads. */

import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LEAD_CHECKS } from '../../src/cli/doctor/checks/leads.ts';
import type { DoctorContext } from '../../src/cli/doctor/context.ts';
import { loadConfig } from '../../src/config/index.ts';
import { openStore } from '../../src/store/index.ts';
import { ANA, PAGE, START } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ENV = { LEADS_WEBHOOK_URL: 'https://crm.example/hook?token=t0k3n', LEADS_WEBHOOK_SECRET: 'x'.repeat(32) };

test('no problem, leads that wait, leads that were given up', async () => {
  const store = await openStore(`file:${join(temporaryFolder(), 'store.db')}`);
  onTestFinished(() => store.close());
  const check = async (env = {}) =>
    LEAD_CHECKS[0]!.run({ config: loadConfig(env), store: async () => store } as unknown as DoctorContext);
  const conversation = `messenger:${PAGE}:${ANA}` as const;
  await store.leads.save({ leadId: 'l', conversation, form: 'f', fields: {}, at: START });

  expect(await check()).toMatchObject({ status: 'ok', message: expect.stringContaining('is not set') });
  expect(await check(ENV)).toMatchObject({ status: 'ok', message: '1 waiting, none refused' });

  const [leased] = await store.leadOutbox.lease(1, START, START);
  await store.leadOutbox.recordFailure('l', leased?.attempt ?? 0, { trouble: 'HTTP 503', retryAt: START + 1 });
  expect(await check(ENV)).toEqual({
    status: 'warning',
    message: expect.stringMatching(
      /^1 leads wait and are tried again, since .*: HTTP 503. See what answers at crm.example/,
    ),
  });

  const [again] = await store.leadOutbox.lease(1, START + 1, START + 1);
  await store.leadOutbox.recordFailure('l', again?.attempt ?? 0, { trouble: 'HTTP 410' });
  expect(await check(ENV)).toEqual({
    status: 'error',
    message: expect.stringMatching(
      /^1 leads were given up, since .*: HTTP 410. See what answers at crm.example, then run/,
    ),
  });
});
