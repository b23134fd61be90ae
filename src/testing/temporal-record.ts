import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { findProcess } from '../temporal/server/process-table.ts';

/** What a keeper is started with. */
export interface KeeperOrder {
  /** What `findTemporalCli` found. */
  readonly cli: string;
  readonly recordFile: string;
  /** How long it stays after the last process that tests has gone. */
  readonly lingerMs: number;
}

/** Where a running server is, and who keeps it. */
export interface TemporalRecord {
  readonly keeperPid: number;
  /** The keeper's, where it counts who is there. */
  readonly doorPort: number;
  /** What is said at the door: the port may belong to somebody else by now. */
  readonly secret: string;
  /** Temporal's own, `127.0.0.1:…`. */
  readonly address: string;
  readonly serverPid: number;
}

/** The record as it was written last, or nothing. It may be about a server that is gone. */
export function readRecord(recordFile: string): TemporalRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile, 'utf8')) as TemporalRecord;
  } catch {
    return undefined;
  }
}

export function writeRecord(recordFile: string, record: TemporalRecord): void {
  const unfinished = `${recordFile}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(record), { mode: 0o600 });
  renameSync(unfinished, recordFile);
}

/** Removes the record of this keeper, and nobody else's. */
export function removeRecord(recordFile: string, keeperPid: number): void {
  if (readRecord(recordFile)?.keeperPid === keeperPid) rmSync(recordFile, { force: true });
}

/** Ends the server of a keeper that was killed: nobody would ever stop it. */
export async function endOrphan({ serverPid, keeperPid, address }: TemporalRecord): Promise<void> {
  const server = await findProcess(serverPid);
  const port = address.split(':').at(-1);
  // Process ids are used again: it must be the one that was started, and nobody's child any more.
  const isOrphan =
    server?.parentPid !== keeperPid && server?.commandLine.includes(` server start-dev --ip 127.0.0.1 --port ${port} `);
  if (!isOrphan) return;
  try {
    process.kill(serverPid, 'SIGKILL');
  } catch {
    // gone already
  }
}
