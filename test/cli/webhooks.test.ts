/** `everthread webhooks`, as a terminal runs it against an operator API. */

import { expect, test } from 'vitest';
import { anOperator, anOperatorApp } from '../api/operator/an-operator-app.ts';
import { LEAD } from '../outbox/a-relay.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCli } from './run-cli.ts';

test('a destination is added, listed, rotated and removed; events that it never took are listed and retried', async () => {
  const { store, url, tables } = await anOperatorApp({ privateAddresses: 'refuse' });
  const token = await anOperator(store, { role: 'admin' });
  const cwd = temporaryFolder();
  const webhooks = (...args: string[]) =>
    runCli(['webhooks', ...args, '--url', url], { cwd, env: { EVERTHREAD_TOKEN: token } });

  const added = await webhooks('add', 'crm', 'https://crm.example/hook?t0k3n', '--topics', 'lead.*', 'opt-out');
  expect(added).toMatchObject({ code: 0, output: expect.stringMatching(/^whsec_\S{44}\nGive .+\nAdded "crm"\.\n$/) });
  const wrong = await webhooks('add', 'own', 'https://127.0.0.1/hook', '--topics', '*');
  expect(wrong).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^url: .*OUTGOING_PRIVATE_ADDRESSES=allow\.\n$/),
  });

  await store.leads.save(LEAD);
  const now = Date.now();
  const [event] = await store.outbox.lease('crm', 1, now, now);
  await store.outbox.recordFailure(event!, { trouble: 'HTTP 500\u001b[2J' }, now);
  const id = String(event!.id);
  expect(await webhooks('list')).toEqual({ code: 0, output: 'crm  crm.example  lead.* opt-out  0 waiting  1 dead\n' });
  const dead = await webhooks('dead', '--json');
  expect(JSON.parse(dead.output)).toMatchObject({ id: event!.id, topic: 'lead.created', webhookId: event!.eventId });
  expect(dead.output).not.toMatch(/Ana|\p{Cc}(?!$)/u);
  expect((await webhooks('dead', 'crm')).output).toMatch(
    new RegExp(`^${id} {2}\\S+ {2}crm {2}lead\\.created {2}messenger:`),
  );
  expect(await webhooks('retry')).toMatchObject({ code: 1, output: expect.stringContaining('write --all') });
  expect(await webhooks('retry', '--all')).toEqual({ code: 0, output: '1 event is waiting again.\n' });
  expect(await webhooks('drop', id)).toMatchObject({ code: 1, output: expect.stringContaining('Not dead') });

  const rotated = await webhooks('rotate', 'crm');
  expect(rotated.output).toMatch(/^whsec_\S{44}\n/);
  expect((await webhooks('rotate', 'nobody')).output).toContain('There is no destination "nobody"');
  expect(await webhooks('remove', 'crm')).toEqual({ code: 0, output: '"crm" is removed.\n' });
  expect(await store.destinations.list()).toEqual([]);
  const log = await tables
    .selectFrom('operator_log')
    .select(['operator', 'interface', 'action'])
    .orderBy('id')
    .execute();
  expect(log.map(({ operator, interface: way, action }) => `${operator} ${way} ${action}`)).toEqual([
    'Ada cli addWebhook',
    'Ada cli addWebhook',
    'Ada cli retryDeadWebhookEvents',
    'Ada cli dropDeadWebhookEvents',
    'Ada cli rotateWebhookSecret',
    'Ada cli rotateWebhookSecret',
    'Ada cli removeWebhook',
  ]);
});
