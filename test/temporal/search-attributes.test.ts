import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Connection, Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { startEmbeddedTemporal } from '../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { ensureSearchAttributes } from '../../src/temporal/server/search-attributes.ts';
import { type TemporalForTests, connectToTemporal } from '../support/temporal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ALL = ['PageId', 'ConversationState', 'WindowClosesAt', 'Sequences', 'Tags'];

test('a fresh server knows all of them', async () => {
  const { connection } = await connected();

  expect(await ensureSearchAttributes(connection, 'default')).toEqual([]);
  expect(await startAndCount(connection, 'default')).toBe(1);
});

test('a database file from before gets them when the server starts', async () => {
  const dbFile = `${temporaryFolder()}/temporal.db`;
  await makeOldDatabase(dbFile);

  const server = await startEmbeddedTemporal({ cli: inject('temporalCli'), dbFile, port: await freePort(), log() {} });
  onTestFinished(() => server.stop());

  const { connection } = await connected(server.address);
  expect(await startAndCount(connection, 'default')).toBe(1);
});

test('a namespace of a running server gets them, by several at the same time and again', async () => {
  const { connection } = await connected();
  const namespace = `namespace-${randomUUID()}`;
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  await vi.waitFor(() => connection.workflowService.describeNamespace({ namespace }), { timeout: 30_000 });

  const ensure = () => ensureSearchAttributes(connection, namespace);
  expect(await Promise.all([ensure(), ensure(), ensure()])).toEqual([[], [], []]);
  expect(await ensure()).toEqual([]);
  expect(await startAndCount(connection, namespace)).toBe(1);
});

test('what may not be added is returned, not thrown', async () => {
  expect(await ensureSearchAttributes(serverThatDenies({ PageId: 2, Tags: 1 }), 'default')).toEqual([
    'ConversationState',
    'WindowClosesAt',
    'Sequences',
    'Tags', // is there, as Text
  ]);
});

test('where even looking is not permitted all may be missing', async () => {
  expect(await ensureSearchAttributes(serverThatDenies(), 'default')).toEqual(ALL);
});

/** Starts a workflow with all attributes at once, and counts what a search finds of it. */
async function startAndCount(connection: Connection, namespace: string): Promise<number> {
  const client = new Client({ connection, namespace });
  const workflowId = `search-${randomUUID()}`;
  await client.workflow.start('nobody-works-here', {
    workflowId,
    taskQueue: 'none',
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('PageId', 'KEYWORD'), value: '1234' },
      { key: defineSearchAttributeKey('ConversationState', 'KEYWORD'), value: 'bot' },
      { key: defineSearchAttributeKey('WindowClosesAt', 'DATETIME'), value: new Date() },
      { key: defineSearchAttributeKey('Sequences', 'KEYWORD_LIST'), value: ['spring-offer'] },
      { key: defineSearchAttributeKey('Tags', 'KEYWORD_LIST'), value: ['vip'] },
    ],
  });
  const query = `PageId = '1234' AND Sequences = 'spring-offer' AND WorkflowId = '${workflowId}'`;
  return vi.waitUntil(async () => (await client.workflow.count(query)).count, { timeout: 20_000 });
}

/** As the CLI makes it when nobody mentions search attributes. */
async function makeOldDatabase(dbFile: string): Promise<void> {
  const port = await freePort();
  const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)];
  const old = spawn(inject('temporalCli'), [...args, '--db-filename', dbFile], { stdio: 'ignore' });
  onTestFinished(() => void old.kill('SIGKILL'));
  await vi.waitFor(async () => (await connectToTemporal(`127.0.0.1:${port}`)).connection.close(), { timeout: 30_000 });
  const gone = once(old, 'exit');
  old.kill('SIGINT');
  await gone;
}

async function connected(address?: string): Promise<TemporalForTests> {
  const temporal = await connectToTemporal(address);
  onTestFinished(() => temporal.connection.close());
  return temporal;
}

/** A server that denies adding, and looking too when nothing is given to be seen. */
function serverThatDenies(customAttributes?: Readonly<Record<string, number>>): Connection {
  const denied = Object.assign(new Error('Request unauthorized.'), { code: 7, details: '', metadata: {} });
  const operatorService = {
    listSearchAttributes: () => (customAttributes ? Promise.resolve({ customAttributes }) : Promise.reject(denied)),
    addSearchAttributes: () => Promise.reject(denied),
  };
  return { operatorService } as unknown as Connection;
}
