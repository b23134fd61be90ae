/**
 * What a power cut would leave of a SQLite file, without root and without a file system of its own. Everything written is in
 * the kernel's cache; this knows which part of it is on disk as well:
 *
 * - the log as it was when the last flush that has ended began, and any part of what was written since;
 * - the database file as the last checkpoint left it, because SQLite flushes it before a checkpoint ends. During a checkpoint
 *   the whole log is on disk, and any of the pages that the checkpoint writes;
 * - the header of a log that began anew, which SQLite flushes before it writes the first frame behind it.
 */

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';

/** Numbers from 0 to 1. */
export type Random = () => number;

/** One SQLite file of this process, whose flushes and checkpoints are watched. */
export interface WatchedDisk {
  /** Writes the database and its log into a folder as a power cut would leave them now. */
  cut(folder: string): void;
  /** Ends the watching. */
  stop(): void;
}

/** When a power cut is worth a try. */
export type DiskMoment = 'before a flush' | 'after a flush' | 'after a commit' | 'during a checkpoint';

const LOG_HEADER_BYTES = 32;
const SECTOR_BYTES = 512;
const PAGE_BYTES = 4096;

/** Pseudo-random numbers that can be repeated (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Watches a file from before it is opened: what is there is on disk. `onMoment` may cut at once. */
export function watchDisk(file: string, random: Random, onMoment: (moment: DiskMoment) => void): WatchedDisk {
  const log = `${file}-wal`;
  const readLog = () => (fs.existsSync(log) ? fs.readFileSync(log) : Buffer.alloc(0));
  let flushedLog = readLog();
  let database = readBesideSqlite(file);
  let changedAt = modifiedAt(file);
  /** Set while `onMoment` is told of a checkpoint. */
  let databaseBefore: Buffer | undefined;

  const { fdatasync } = fs;
  fs.fdatasync = Object.assign(
    (descriptor: number, callback: fs.NoParamCallback) => {
      onMoment('before a flush');
      const content = readLog();
      fdatasync(descriptor, (error) => {
        if (!error) flushedLog = content;
        onMoment('after a flush');
        callback(error);
      });
    },
    { __promisify__: fdatasync.__promisify__ },
  );

  const statement = Object.getPrototypeOf(new Libsql(':memory:').prepare('select 1')) as {
    run(this: object, ...values: unknown[]): unknown;
  };
  const { run } = statement;
  statement.run = function runWatched(...values) {
    const result = run.apply(this, values);
    const at = modifiedAt(file);
    if (at === changedAt) onMoment('after a commit');
    else {
      changedAt = at;
      databaseBefore = database;
      database = readBesideSqlite(file);
      flushedLog = readLog();
      onMoment('during a checkpoint');
      databaseBefore = undefined;
    }
    return result;
  };

  return {
    cut(folder) {
      fs.mkdirSync(folder, { recursive: true });
      const image = databaseBefore ? mixed(databaseBefore, database, PAGE_BYTES, random) : database;
      fs.writeFileSync(join(folder, 'store.db'), image);
      fs.writeFileSync(join(folder, 'store.db-wal'), cutLog(flushedLog, readLog(), random));
    },
    stop() {
      fs.fdatasync = fdatasync;
      statement.run = run;
    },
  };
}

/** Another process reads it: a close of the file in this one would release SQLite's locks. */
function readBesideSqlite(file: string): Buffer {
  return execFileSync('cat', [file], { maxBuffer: 2 ** 30 });
}

function modifiedAt(file: string): bigint {
  return fs.statSync(file, { bigint: true }).mtimeNs;
}

/** The flushed log, with none, all, the beginning or any sectors of what was written since. */
function cutLog(flushed: Buffer, written: Buffer, random: Random): Buffer {
  const header = written.subarray(0, LOG_HEADER_BYTES);
  const onDisk = Buffer.concat([header, flushed.subarray(LOG_HEADER_BYTES)]);
  const kind = random();
  if (kind < 0.3) return onDisk;
  if (kind < 0.4) return written;
  if (kind < 0.7) {
    const length = Math.floor(random() * (written.length + 1));
    return Buffer.concat([written.subarray(0, length), onDisk.subarray(length)]);
  }
  return mixed(onDisk, written, SECTOR_BYTES, random);
}

/** Each block is as before or as after; what was never written is zeros. */
function mixed(before: Buffer, after: Buffer, blockBytes: number, random: Random): Buffer {
  const result = Buffer.alloc(Math.max(before.length, after.length));
  const share = random();
  for (let at = 0; at < result.length; at += blockBytes) {
    const source = random() < share ? after : before;
    if (at < source.length) source.copy(result, at, at, Math.min(at + blockBytes, source.length));
  }
  // The header of the log is flushed before the rest; a page of the database has a multiple of its size.
  if (blockBytes === SECTOR_BYTES) after.copy(result, 0, 0, LOG_HEADER_BYTES);
  return result;
}
