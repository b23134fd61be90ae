/** One server for all processes that test: however they begin, and however they end. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { TEMPORAL_CLI_VERSION } from '../../src/temporal/cli/version.ts';
import { findProcess } from '../../src/temporal/server/processes.ts';
import { killOrphanedServer, readSharedServer } from '../../src/testing/shared-temporal/server-record.ts';
import { connectToTemporal } from '../support/temporal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SOON = { timeout: 30_000, interval: 50 };

interface Holder {
  readonly address: string;
  kill(): Promise<void>;
}

/** Another process that needs the server of this folder. */
async function aHolder(folder: string): Promise<Holder> {
  const options = { folder, temporalCli: { explicit: inject('temporalCli'), cacheDir: folder }, lingerMs: 200 };
  const script = join(import.meta.dirname, '../support/processes/temporal-user.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [address] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    address,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function recordIn(folder: string) {
  return readSharedServer(join(folder, 'testing', `temporal-${TEMPORAL_CLI_VERSION}.json`));
}

async function answers(address: string): Promise<boolean> {
  const { connection } = await connectToTemporal(address);
  await connection.close();
  return true;
}

test('is started once by concurrent processes, outlives each of them, and stops after the last', async () => {
  const folder = temporaryFolder();
  const [one, two, three] = await Promise.all([aHolder(folder), aHolder(folder), aHolder(folder)]);
  expect(new Set([one.address, two.address, three.address]).size).toBe(1);
  const { daemonPid = 0, serverPid = 0 } = recordIn(folder) ?? {};

  await one.kill();
  await two.kill();
  expect(await answers(three.address)).toBe(true);

  await three.kill();
  await vi.waitFor(async () => {
    expect(await findProcess(serverPid)).toBeUndefined();
    expect(await findProcess(daemonPid)).toBeUndefined();
  }, SOON);
  expect(recordIn(folder)).toBeUndefined();
});

test('is started again when its daemon was killed, and the old server is killed', async () => {
  const folder = temporaryFolder();
  const first = await aHolder(folder);
  const { daemonPid = 0, serverPid = 0 } = recordIn(folder) ?? {};
  process.kill(daemonPid, 'SIGKILL');
  await vi.waitFor(async () => expect(await findProcess(daemonPid)).toBeUndefined(), SOON);
  expect(await findProcess(serverPid)).toBeDefined();

  const second = await aHolder(folder);

  expect(second.address).not.toBe(first.address);
  expect(await answers(second.address)).toBe(true);
  await vi.waitFor(async () => expect(await findProcess(serverPid)).toBeUndefined(), SOON);
  const { serverPid: newPid = 0 } = recordIn(folder) ?? {};
  await second.kill();
  await vi.waitFor(async () => expect(await findProcess(newPid)).toBeUndefined(), SOON);
});

test('a process that has reused a recorded id is not killed', async () => {
  const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void stranger.kill());

  await killOrphanedServer({
    serverPid: stranger.pid!,
    daemonPid: 2,
    address: '127.0.0.1:7233',
    daemonPort: 1,
    secret: '',
  });

  expect(await findProcess(stranger.pid!)).toBeDefined();
});
