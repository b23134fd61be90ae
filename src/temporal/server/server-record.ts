import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../start-error.ts';
import { findProcess } from './processes.ts';

/** Which process serves a database file; stored beside it, because a `kill -9` of ours leaves the server and its lock behind. */
export interface ServerRecord {
  readonly pid: number;
  readonly port: number;
  readonly dbFile: string;
  /** The everthread process that started it. */
  readonly ownerPid: number;
}

/** A server stops within a second of SIGTERM; one that takes longer than this is stuck. */
const STOP_TIMEOUT_MS = 10_000;

// Synchronous, so that nothing comes between a server's start or end and its record.

/** Records the server of a database file. */
export function writeServerRecord(record: ServerRecord): void {
  writeFileSync(recordFile(record.dbFile), `${JSON.stringify(record)}\n`);
}

/** Removes the record of a server that has ended. */
export function removeServerRecord(dbFile: string): void {
  rmSync(recordFile(dbFile), { force: true });
}

/** Stops the server that a killed process left behind on this file; throws when its owner is alive. */
export async function stopOrphanedServer(dbFile: string, log: (line: string) => void): Promise<void> {
  const record = readServerRecord(dbFile);
  const server = record && (await findServer(record));
  if (!record || !server) return removeServerRecord(dbFile);

  // The system gives an orphan another parent at once, so a reused pid cannot be mistaken for the owner.
  if (server.parentPid === record.ownerPid) {
    throw new StartError(
      'temporal_database_in_use',
      `${dbFile} is in use: the everthread process ${record.ownerPid} runs Temporal on it (port ${record.port}). ` +
        'Stop that process, or give this one a folder of its own.',
    );
  }
  log(`Stopping the Temporal server that a killed process left behind (pid ${record.pid}).`);
  await stopRecordedServer(record);
  removeServerRecord(dbFile);
}

async function stopRecordedServer(record: ServerRecord): Promise<void> {
  signal(record.pid, 'SIGTERM');
  if (await isGone(record, STOP_TIMEOUT_MS)) return;
  signal(record.pid, 'SIGKILL');
  if (await isGone(record, STOP_TIMEOUT_MS)) return;
  throw new StartError(
    'temporal_database_in_use',
    `A Temporal server left behind (pid ${record.pid}) holds ${record.dbFile} and does not stop. Kill it.`,
  );
}

async function isGone(record: ServerRecord, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (await findServer(record)) {
    if (Date.now() > until) return false;
    await delay(50);
  }
  return true;
}

/** The recorded process, if it is alive and still the server: pids are reused. */
async function findServer({ pid, dbFile }: ServerRecord): ReturnType<typeof findProcess> {
  const entry = await findProcess(pid);
  const isOurs = entry?.commandLine.includes(' server start-dev ') && entry.commandLine.includes(dbFile);
  return isOurs ? entry : undefined;
}

function readServerRecord(dbFile: string): ServerRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(recordFile(dbFile), 'utf8'));
    return isServerRecord(record, dbFile) ? record : undefined;
  } catch {
    return undefined; // missing, or truncated by the crash
  }
}

function isServerRecord(value: unknown, dbFile: string): value is ServerRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, port, ownerPid } = value as Record<string, unknown>;
  const areNumbers = [pid, port, ownerPid].every((number) => Number.isInteger(number) && Number(number) > 0);
  return areNumbers && (value as { dbFile?: unknown }).dbFile === dbFile;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone already
  }
}

function recordFile(dbFile: string): string {
  return `${dbFile}.server.json`;
}
