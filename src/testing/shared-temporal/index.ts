/** One Temporal server for all test processes of a project: started on first use, stopped when no process uses it. */

import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findTemporalCli, type TemporalCliChoice } from '../../temporal/cli/index.ts';
import { TEMPORAL_CLI_VERSION } from '../../temporal/cli/version.ts';
import { ownScript } from '../../temporal/server/processes.ts';
import { StartError } from '../../temporal/start-error.ts';
import { environmentOfDaemon } from '../environment-variables.ts';
import { isProcessAlive } from '../process-alive.ts';
import { killOrphanedServer, readSharedServer, type DaemonOptions, type SharedServerRecord } from './server-record.ts';

/** Where to find, install and record the server. */
export interface SharedTemporalOptions {
  /** Where the record of the running server is; usually `.everthread`. */
  readonly folder: string;
  readonly temporalCli: TemporalCliChoice;
  /** How long the server stays after the last process has gone, in ms. Default: 2 minutes, so that the next run finds it. */
  readonly lingerMs?: number;
  /** Receives a line when something takes a while. */
  readonly log: (line: string) => void;
}

/** The shared server, in use by this process. */
export interface SharedTemporal {
  /** `127.0.0.1:7233` */
  readonly address: string;
  /** This process no longer needs the server. The end of the process has the same effect. */
  release(): void;
}

const LINGER_MS = 120_000;
const READY_WITHIN_MS = 90_000;
/** A lock file older than this is stale. A server of 150 MB may be downloaded under the lock. */
const MAX_LOCK_AGE_MS = 5 * 60_000;
const DAEMON_POLL_MS = 50;
const DAEMON_ANSWERS_WITHIN_MS = 2000;

/** Finds the running server of this project or starts one. It runs until released, or until this process ends. */
export async function acquireSharedTemporal(options: SharedTemporalOptions): Promise<SharedTemporal> {
  const files = filesIn(join(options.folder, 'testing'));
  for (;;) {
    const record = readSharedServer(files.record);
    const server = record && (await connectToDaemon(record));
    if (server) return server;
    await startOrWait(files, record, options);
  }
}

/** Starts a server that replaces the recorded one, unless another process is doing so. */
async function startOrWait(
  files: SharedFiles,
  recorded: SharedServerRecord | undefined,
  options: SharedTemporalOptions,
): Promise<void> {
  const unlock = lock(files.lock);
  if (!unlock) return delay(DAEMON_POLL_MS);
  try {
    // Another process may have started one before this one got the lock.
    if (readSharedServer(files.record)?.secret === recorded?.secret) await startDaemon(files, recorded, options);
  } finally {
    unlock();
  }
}

interface SharedFiles {
  readonly folder: string;
  readonly record: string;
  readonly lock: string;
  /** The output of daemon and server. */
  readonly log: string;
}

function filesIn(folder: string): SharedFiles {
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  const name = `temporal-${TEMPORAL_CLI_VERSION}`;
  const [record, lockFile, log] = ['json', 'lock', 'log'].map((ending) => join(folder, `${name}.${ending}`));
  return { folder, record: record ?? '', lock: lockFile ?? '', log: log ?? '' };
}

/** Connects to the daemon and stays connected; `undefined` when it is gone or another process has its port. */
function connectToDaemon({ daemonPort, secret, address }: SharedServerRecord): Promise<SharedTemporal | undefined> {
  return new Promise((resolve) => {
    const socket: Socket = connect(daemonPort, '127.0.0.1');
    const refuse = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    let received = '';
    socket.setTimeout(DAEMON_ANSWERS_WITHIN_MS, refuse);
    socket.on('error', refuse);
    socket.once('close', () => resolve(undefined));
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
      if (!received.includes('\n')) return;
      if (received.trim() !== secret) return refuse();
      socket.setTimeout(0);
      socket.unref();
      resolve({ address, release: () => void socket.destroy() });
    });
  });
}

/** A lock file; one that a dead process left behind is broken. Two processes that break it at once start two servers, and one is used. */
function lock(file: string): (() => void) | undefined {
  const take = (): boolean => {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  };
  if (!take()) {
    if (isLockValid(file)) return undefined;
    rmSync(file, { force: true });
    if (!take()) return undefined;
  }
  return () => rmSync(file, { force: true });
}

function isLockValid(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (Date.now() - statSync(file).mtimeMs > MAX_LOCK_AGE_MS) return false;
    // The file is empty while it is being written.
    return pid === 0 || isProcessAlive(pid);
  } catch {
    return false;
  }
}

async function startDaemon(
  files: SharedFiles,
  leftOver: SharedServerRecord | undefined,
  { temporalCli, lingerMs = LINGER_MS, log }: SharedTemporalOptions,
): Promise<void> {
  if (leftOver) await killOrphanedServer(leftOver);
  const cli = await findTemporalCli({ ...temporalCli, log });
  const daemonOptions: DaemonOptions = { cli, recordFile: files.record, lingerMs };
  const { file, nodeArgs } = ownScript('daemon', import.meta.url);
  const output = openSync(files.log, 'w');
  const daemon = spawn(process.execPath, [...nodeArgs, file, JSON.stringify(daemonOptions)], {
    detached: true,
    stdio: ['ignore', output, output],
    env: environmentOfDaemon(),
  });
  closeSync(output);
  daemon.unref();
  let exit: string | undefined;
  daemon.once('exit', (code, signal) => (exit = `exit code ${code ?? signal}`));
  daemon.once('error', (error) => (exit = error.message));
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (readSharedServer(files.record)?.daemonPid !== daemon.pid) {
    if (exit !== undefined || Date.now() > giveUpAt) {
      const lastLines = readFileSync(files.log, 'utf8').trim().split('\n').slice(-20).join('\n');
      throw new StartError(
        'temporal_start_failed',
        `Temporal for the tests did not start (${exit ?? 'it took too long'}). Its last lines:\n${lastLines || '(none)'}`,
      );
    }
    await delay(DAEMON_POLL_MS);
  }
}
