import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { startEmbeddedTemporal } from '../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { findProcess } from '../../src/temporal/server/processes.ts';
import { startIdleWorkflow, statusOf } from '../support/processes/idle-workflow.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('after a kill -9 of ours the next start ends the server left behind and finds all data', async () => {
  const dbFile = `${temporaryFolder()}/temporal.db`;
  const owner = await anOwner(dbFile);
  await startIdleWorkflow(owner.address, 'somebody');

  await owner.kill('SIGKILL');
  expect(await findProcess(owner.serverPid)).toBeDefined();

  const lines: string[] = [];
  const server = await start(dbFile, (line) => lines.push(line));
  // A server without its owner ends by itself when it next writes a line, which nobody reads any more.
  const stopped = `Stopping the Temporal server that a killed process left behind (pid ${owner.serverPid}).`;
  expect(lines.filter((line) => line !== stopped)).toEqual([]);
  expect(await findProcess(owner.serverPid)).toBeUndefined();
  expect(await statusOf(server.address, 'somebody')).toBe('RUNNING');
});

test('a process that exits without stopping its server takes it along', async () => {
  const owner = await anOwner(`${temporaryFolder()}/temporal.db`);

  await owner.exit();

  await vi.waitFor(async () => expect(await findProcess(owner.serverPid)).toBeUndefined(), { timeout: 20_000 });
});

test('a process that only has the recorded number by chance is left alone', async () => {
  const dbFile = `${temporaryFolder()}/temporal.db`;
  const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void stranger.kill());
  const record = { pid: stranger.pid, port: 7233, dbFile, ownerPid: 2 };
  writeFileSync(`${dbFile}.server.json`, JSON.stringify(record));

  const lines: string[] = [];
  await start(dbFile, (line) => lines.push(line));

  expect(lines).toEqual([]);
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
});

test('a record that was cut short by a crash does not stand in the way', async () => {
  const dbFile = `${temporaryFolder()}/temporal.db`;
  writeFileSync(`${dbFile}.server.json`, '{"pid": 12');

  const server = await start(dbFile);

  expect(await findProcess(server.pid)).toBeDefined();
});

async function start(dbFile: string, log: (line: string) => void = () => {}) {
  const server = await startEmbeddedTemporal({ cli: inject('temporalCli'), dbFile, port: await freePort(), log });
  onTestFinished(() => server.stop());
  return server;
}

/** Another process that runs a server on this file. */
async function anOwner(dbFile: string) {
  const script = join(import.meta.dirname, '../support/processes/server-owner.ts');
  const options = JSON.stringify({ cli: inject('temporalCli'), dbFile, port: await freePort() });
  const child = spawn(process.execPath, ['--import', 'tsx', script, options], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');

  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { address, pid } = JSON.parse(line) as { address: string; pid: number };
  return {
    address,
    serverPid: pid,
    async kill(signal: NodeJS.Signals): Promise<void> {
      child.kill(signal);
      await exited;
    },
    async exit(): Promise<void> {
      child.stdin.write('exit\n');
      await exited;
    },
  };
}
