import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { findProcess } from '../../temporal/server/processes.ts';

/** What the daemon process is started with. */
export interface DaemonOptions {
  /** The path of the Temporal CLI, as `findTemporalCli` returns it. */
  readonly cli: string;
  /** Where the daemon writes the record of its server. */
  readonly recordFile: string;
  /** How long the daemon stays after its last client has disconnected, in ms. */
  readonly lingerMs: number;
}

/** Where the shared server can be reached, and which daemon runs it. */
export interface SharedServerRecord {
  readonly daemonPid: number;
  /** The daemon's own port; a process that needs the server stays connected to it. */
  readonly daemonPort: number;
  /** What the daemon sends to each client: by now another process may listen on the port. */
  readonly secret: string;
  /** Temporal's address, `127.0.0.1:7233`. */
  readonly address: string;
  readonly serverPid: number;
}

/** The latest record, if there is one. Its server may be gone. */
export function readSharedServer(recordFile: string): SharedServerRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordFile, 'utf8')) as Partial<SharedServerRecord>;
    // Another version of everthread may have written it.
    return record.daemonPort === undefined ? undefined : (record as SharedServerRecord);
  } catch {
    return undefined;
  }
}

/** Replaces the record in one step; only its owner can read it. */
export function writeSharedServer(recordFile: string, record: SharedServerRecord): void {
  const unfinished = `${recordFile}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(record), { mode: 0o600 });
  renameSync(unfinished, recordFile);
}

/** Removes the record if this daemon wrote it. */
export function removeSharedServer(recordFile: string, daemonPid: number): void {
  if (readSharedServer(recordFile)?.daemonPid === daemonPid) rmSync(recordFile, { force: true });
}

/** Ends the server of a daemon that was killed: nothing else would stop it. */
export async function killOrphanedServer({ serverPid, daemonPid, address }: SharedServerRecord): Promise<void> {
  const server = await findProcess(serverPid);
  const port = address.split(':').at(-1);
  // The system reuses process ids: it must be the recorded server, and no longer the daemon's child.
  const isOrphan =
    server?.parentPid !== daemonPid && server?.commandLine.includes(` server start-dev --ip 127.0.0.1 --port ${port} `);
  if (!isOrphan) return;
  try {
    process.kill(serverPid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
