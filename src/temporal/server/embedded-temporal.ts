/** Temporal on this machine, as a child process: for `everthread dev`, the demo and the tests. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import Database from 'libsql';
import { StartError } from '../start-error.ts';
import { choosePort } from './free-port.ts';
import { recordTail } from './processes.ts';
import { waitUntilReady } from './server-ready.ts';
import { stopOrphanedServer, removeServerRecord, writeServerRecord } from './server-record.ts';
import { startDevArguments } from './start-dev-arguments.ts';

/** How to start a Temporal server on this machine. */
export interface EmbeddedTemporalOptions {
  /** The Temporal CLI, from `findTemporalCli`. */
  readonly cli: string;
  /** Default: in memory. */
  readonly dbFile?: string;
  readonly port: number;
  /** Default: no UI. */
  readonly uiPort?: number;
  /** Default: 127.0.0.1. */
  readonly ip?: string;
  /** Receives a line when something is worth telling the user. */
  readonly log: (line: string) => void;
  /** Added to the dynamic configuration, by its keys: `{ 'limit.historyCount.suggestContinueAsNew': 50 }`. */
  readonly extraDynamicConfig?: Readonly<Record<string, unknown>>;
}

/** A server that this process started. */
export interface EmbeddedTemporal {
  readonly address: string;
  readonly uiUrl?: string;
  readonly pid: number;
  /** Resolves when the server has exited, for whatever reason. */
  readonly exited: Promise<TemporalExit>;
  /** Stops it with SIGTERM, and after 10 s with SIGKILL; a second call waits for the same exit. */
  stop(): Promise<void>;
}

/** How a server exited. */
export interface TemporalExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of its output. */
  readonly lastLines: string;
}

const NAMESPACE = 'default';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** Starts the server and waits until it answers. A server that a killed process left on the same file is stopped first. */
export async function startEmbeddedTemporal(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const { port, uiPort, ip = '127.0.0.1', log } = options;
  const dbFile = options.dbFile && resolve(options.dbFile);
  if (dbFile) {
    await mkdir(dirname(dbFile), { recursive: true });
    await stopOrphanedServer(dbFile, log);
  }
  // Another server on our port would answer in place of ours.
  await choosePort({ port, isSetByHand: true, setting: "Temporal's port", host: ip });
  if (uiPort !== undefined) {
    await choosePort({ port: uiPort, isSetByHand: true, setting: "Temporal's UI port", host: ip });
  }
  const server = await launch(options.cli, startDevArguments({ ...options, ip, dbFile }));
  if (dbFile) writeServerRecord({ pid: server.pid, port, dbFile, ownerPid: process.pid });
  const stop = stopOnce(server, () => {
    if (dbFile === undefined) return;
    emptyLog(dbFile);
    removeServerRecord(dbFile);
  });

  const address = `${ip}:${port}`;
  await awaitReady(server, address, stop);
  const uiUrl = uiPort === undefined ? {} : { uiUrl: `http://${ip}:${uiPort}` };
  return { address, ...uiUrl, pid: server.pid, exited: server.exited, stop };
}

interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<TemporalExit>;
}

async function launch(cli: string, args: readonly string[]): Promise<ServerProcess> {
  // Detached: Ctrl-C in the terminal reaches only us, and workers can finish before the server stops.
  const child = spawn(cli, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lastLines = recordTail(child.stdout, child.stderr);
  const exited = new Promise<TemporalExit>((done) => {
    child.once('close', (code, signal) => done({ code, signal, lastLines: lastLines() }));
  });
  const { pid } = child;
  if (pid === undefined) throw await toStartError(cli, child);

  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  void exited.then(() => process.off('exit', killWithUs));
  return { child, pid, exited };
}

async function toStartError(cli: string, child: ChildProcess): Promise<StartError> {
  const cause = await new Promise((failed) => child.once('error', failed));
  return new StartError('temporal_start_failed', `"${cli}" could not be started. Is it the Temporal CLI?`, {
    cause,
  });
}

function stopOnce({ child, exited }: ServerProcess, afterwards: () => void): () => Promise<void> {
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(force);
    afterwards();
  };
  let stopping: Promise<void> | undefined;
  return () => (stopping ??= stop());
}

/** Temporal leaves its write-ahead log behind, with pages of what was deleted since: they go into the file, where they are overwritten. */
function emptyLog(dbFile: string): void {
  try {
    const database = new Database(dbFile, { timeout: 1000 });
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
  } catch {
    // It is none, or the disk is full. The next stop empties it.
  }
}

async function awaitReady(server: ServerProcess, address: string, stop: () => Promise<void>): Promise<void> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), START_TIMEOUT_MS);
  void server.exited.then(() => giveUp.abort());
  try {
    await waitUntilReady({ address, namespace: NAMESPACE, signal: giveUp.signal });
  } catch (error) {
    const seconds = START_TIMEOUT_MS / 1000;
    const ended = server.child.exitCode !== null || server.child.signalCode !== null;
    await stop();
    const { lastLines } = await server.exited;
    throw new StartError(
      'temporal_start_failed',
      [
        ended
          ? `Temporal exited before it was ready at ${address}. Its last lines:`
          : `Temporal did not get ready at ${address} (limit ${seconds} s): ${String(error)}. Its last lines:`,
        lastLines || '(none)',
      ].join('\n'),
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}
