/** `everthread dead`, as a terminal runs it. */

import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import { openStore } from '../../src/store/index.ts';
import { ANA, aText, PAGE, START, webhookBody } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCli } from './run-cli.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const REASON = 'It is too large\u001b[2J';

async function aStoreWithDeadEvents() {
  const cwd = temporaryFolder();
  const DATABASE_URL = `file:${join(cwd, 'store.db')}`;
  const store = await openStore(DATABASE_URL);
  onTestFinished(() => store.close());
  await store.inbox.record(decodeWebhook(webhookBody(aText('my secret'), aText('two'), aText('three'))) ?? [], START);
  const [leased] = await store.inbox.lease([ANAS], { owner: 'a', now: START, expiresAt: START + 1000 });
  const ids = leased!.items.map(({ inboxId }) => inboxId);
  for (const inboxId of ids) await store.inbox.markDead(ANAS, inboxId, REASON, 'a');
  const dead = (...args: string[]) => runCli(['dead', ...args], { cwd, env: { DATABASE_URL } });
  return { store, ids, dead };
}

test('dead list prints ids, times and reasons, no messages and no control characters', async () => {
  const { ids, dead } = await aStoreWithDeadEvents();
  const time = new Date(START).toISOString();

  const table = await dead('list');
  const json = await dead('list', '--json');

  expect(table).toEqual({
    code: 0,
    output: ids.map((id) => `${id}  ${time}  ${ANAS}  message  "It is too large\\u001b[2J"\n`).join(''),
  });
  expect(
    json.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(
    ids.map((inboxId) => ({
      inboxId,
      conversation: ANAS,
      kind: 'message',
      at: time,
      receivedAt: time,
      reason: REASON,
    })),
  );
});

test('dead retry makes the named events, or all, pending again', async () => {
  const { store, ids, dead } = await aStoreWithDeadEvents();
  const [first] = ids;

  const one = await dead('retry', `${first}`, '77');
  expect(one).toEqual({
    code: 1,
    output: '1 event is pending again.\nNot dead, and left alone: 77. See everthread dead list.\n',
  });
  expect(await store.inbox.backlog()).toEqual({ pending: 1, dead: 2 });

  expect(await dead('retry', '--all')).toEqual({ code: 0, output: '2 events are pending again.\n' });
  expect(await store.inbox.backlog()).toEqual({ pending: 3, dead: 0 });
  expect((await dead('list')).output).toContain(
    'No event is dead, and no workflow is quarantined. The store that was read is DATABASE_URL',
  );
});

test('dead drop gives up the named events and keeps their rows', async () => {
  const { store, ids, dead } = await aStoreWithDeadEvents();

  expect(await dead('drop', ...ids.map(String))).toEqual({ code: 0, output: '3 events are dropped.\n' });

  expect(await store.inbox.backlog()).toEqual({ pending: 0, dead: 0 });
  expect(await store.inbox.countByStatus()).toEqual({ stored: 3 });
});

test.each([
  { args: ['retry'], says: 'Name the inbox ids and workflow ids to retry, or write --all' },
  { args: ['retry', '1', '--all'], says: 'Name the inbox ids and workflow ids to retry, or write --all' },
  { args: ['retry', 'first'], says: 'Write inbox ids such as 1042, or workflow ids' },
  { args: ['drop'], says: "missing required argument 'ids'" },
  { args: ['drop', '--all'], says: "unknown option '--all'" },
])('dead $args is refused: ids are explicit', async ({ args, says }) => {
  const { store, dead } = await aStoreWithDeadEvents();

  const { code, output } = await dead(...args);

  expect(code).toBe(1);
  expect(output).toContain(says);
  expect(await store.inbox.backlog()).toEqual({ pending: 0, dead: 3 });
});

test('dead list, retry and drop know quarantined workflows', async () => {
  const { store, ids, dead } = await aStoreWithDeadEvents();
  const strike = { workflowId: ANAS, runId: 'run', task: 1, build: 'b1', reason: 'stuck', at: START } as const;
  for (const mark of ['one', 'two']) await store.quarantine.strike({ ...strike, mark });
  const time = new Date(START).toISOString();

  expect((await dead('list')).output).toContain(`\n${ANAS}  ${time}  quarantined, 2 strikes: stuck  build b1\n`);
  expect((await dead('list', '--json')).output).toContain(`"strikes":2`);
  const drop = await dead('drop', ANAS);
  expect(drop.code).toBe(1);
  expect(drop.output).toContain(`temporal workflow terminate --workflow-id ${ANAS}`);
  expect(await dead('retry', `${ids[0]}`, ANAS)).toEqual({
    code: 0,
    output: `1 event is pending again.\nNo longer quarantined: ${ANAS}.\n`,
  });
  expect(await store.quarantine.list()).toEqual([]);
});
