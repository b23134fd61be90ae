import { existsSync, statSync, writeFileSync } from 'node:fs';
import { Connection } from '@temporalio/client';
import { expect, inject, onTestFinished, test } from 'vitest';
import {
  type EmbeddedTemporal,
  type EmbeddedTemporalOptions,
  startEmbeddedTemporal,
} from '../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { findProcess } from '../../src/temporal/server/processes.ts';
import { startIdleWorkflow, statusOf } from '../support/processes/idle-workflow.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a server answers with its UI once it is started, and is gone once it is stopped', async () => {
  const uiPort = await freePort();
  const server = await start({ uiPort });

  await startIdleWorkflow(server.address, 'somebody');
  expect(server.uiUrl).toBe(`http://127.0.0.1:${uiPort}`);
  expect((await fetch(`${server.uiUrl}/api/v1/settings`)).status).toBe(200);

  await Promise.all([server.stop(), server.stop()]);
  expect(await findProcess(server.pid)).toBeUndefined();
  expect(await server.exited).toMatchObject({ code: 0, signal: null });
  await server.stop();
});

test('a server with a file keeps its workflows over a restart', async () => {
  const dbFile = `${temporaryFolder()}/new/folder/temporal.db`;
  const first = await start({ dbFile });
  await startIdleWorkflow(first.address, 'somebody');
  await first.stop();
  expect(existsSync(`${dbFile}.server.json`)).toBe(false);
  expect(statSync(`${dbFile}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);

  const second = await start({ dbFile });

  expect(await statusOf(second.address, 'somebody')).toBe('RUNNING');
});

test('a file that another server of ours has open is refused, and that server goes on', async () => {
  const dbFile = `${temporaryFolder()}/temporal.db`;
  const server = await start({ dbFile });

  await expect(start({ dbFile })).rejects.toMatchObject({
    code: 'temporal_database_in_use',
    message: expect.stringContaining(`the everthread process ${process.pid} runs Temporal on it`),
  });

  await startIdleWorkflow(server.address, 'somebody');
});

test('a port that is taken is refused, be it by another Temporal that would answer', async () => {
  const port = Number(new URL(`http://${inject('temporalAddress')}`).port);

  await expect(start({ port })).rejects.toMatchObject({ code: 'port_taken' });
  await expect(start({ uiPort: port })).rejects.toMatchObject({
    code: 'port_taken',
    message: expect.stringContaining(`Temporal's UI port is ${port}`),
  });
});

test('a server that does not come up says why in its own words', async () => {
  const dbFile = `${temporaryFolder()}/temporal.db`;
  writeFileSync(dbFile, 'this is no database');

  await expect(start({ dbFile })).rejects.toMatchObject({
    code: 'temporal_start_failed',
    message: expect.stringMatching(/^Temporal exited before it was ready.*\n[^]*file is not a database/),
  });
  expect(existsSync(`${dbFile}.server.json`)).toBe(false);
});

test('a CLI that is not there is named', async () => {
  await expect(start({ cli: '/nowhere/temporal' })).rejects.toMatchObject({
    code: 'temporal_start_failed',
    message: expect.stringContaining('"/nowhere/temporal" could not be started'),
  });
});

test('a server that dies by itself is noticed', async () => {
  const server = await start();

  process.kill(server.pid, 'SIGKILL');

  expect(await server.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
  await server.stop();
});

test('dynamic configuration can be added', async () => {
  const server = await start({ extraDynamicConfig: { 'limit.maxIDLength': 20 } });

  await expect(startIdleWorkflow(server.address, 'x'.repeat(21))).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/exceeds maximum allowed length/) },
  });
});

test('a burst of requests meets no limit', async () => {
  const connection = await Connection.connect({ address: inject('temporalAddress'), interceptors: [] });
  onTestFinished(() => connection.close());

  const describe = () => connection.workflowService.describeNamespace({ namespace: 'default' });
  const answers = await Promise.allSettled(Array.from({ length: 8_000 }, describe));

  expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(0);
});

async function start(options: Partial<EmbeddedTemporalOptions> = {}): Promise<EmbeddedTemporal> {
  const port = options.port ?? (await freePort());
  const server = await startEmbeddedTemporal({ cli: inject('temporalCli'), log: () => {}, ...options, port });
  onTestFinished(() => server.stop());
  return server;
}
