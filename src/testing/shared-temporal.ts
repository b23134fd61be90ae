/** One Temporal for all processes that test in a project: started on first need, ended by itself when nobody uses it. */

import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findTemporalCli } from '../temporal/cli/index.ts';
import { TEMPORAL_CLI_VERSION } from '../temporal/cli/version.ts';
import { TemporalError } from '../temporal/temporal-error.ts';
import { isAlive } from './alive.ts';
import { environmentOfKeeper } from './environment.ts';
import { endOrphan, readRecord, type KeeperOrder, type TemporalRecord } from './temporal-record.ts';

export interface SharedTemporalOptions {
  /** Where the record of the running server is, and the CLI if it has to be installed: `.everthread`. */
  readonly folder: string;
  /** A binary that is used or refused, never passed over. */
  readonly temporalCli?: string | undefined;
  /** How long the server stays after the last process has gone. Default: 15 s, so that the next run finds it. */
  readonly lingerMs?: number;
  /** Told what takes a while. */
  readonly log: (line: string) => void;
}

/** A server in use by this process. */
export interface HeldTemporal {
  /** `127.0.0.1:…` */
  readonly address: string;
  /** This process needs it no more. It ends with the process in any case. */
  release(): void;
}

const LINGER_MS = 15_000;
const READY_WITHIN_MS = 90_000;
/** A server of 150 MB may be downloaded first. */
const LOCK_IS_OLD_MS = 5 * 60_000;
const LOOK_AGAIN_MS = 50;
const DOOR_ANSWERS_WITHIN_MS = 2000;

/** Finds the running server of this project, or starts one; keeps it running until released, or until this process ends. */
export async function holdSharedTemporal(options: SharedTemporalOptions): Promise<HeldTemporal> {
  const files = filesIn(join(options.folder, 'testing'));
  for (;;) {
    const record = readRecord(files.record);
    const held = record && (await hold(record));
    if (held) return held;
    await startOrWait(files, record, options);
  }
}

/** Starts a server in the place of the one that was recorded, unless somebody else is about to. */
async function startOrWait(
  files: Files,
  recorded: TemporalRecord | undefined,
  options: SharedTemporalOptions,
): Promise<void> {
  const unlock = lock(files.lock);
  if (!unlock) return delay(LOOK_AGAIN_MS);
  try {
    // Somebody may have started one between the look and the lock.
    if (readRecord(files.record)?.secret === recorded?.secret) await startKeeper(files, recorded, options);
  } finally {
    unlock();
  }
}

interface Files {
  readonly folder: string;
  readonly record: string;
  readonly lock: string;
  /** What the keeper and the server wrote. */
  readonly log: string;
}

function filesIn(folder: string): Files {
  mkdirSync(folder, { recursive: true });
  // Nothing in here is anybody's source.
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  const name = `temporal-${TEMPORAL_CLI_VERSION}`;
  const [record, lockFile, log] = ['json', 'lock', 'log'].map((ending) => join(folder, `${name}.${ending}`));
  return { folder, record: record ?? '', lock: lockFile ?? '', log: log ?? '' };
}

/** Comes in at the keeper's door and stays; `undefined` when nobody is there, or somebody else. */
function hold({ doorPort, secret, address }: TemporalRecord): Promise<HeldTemporal | undefined> {
  return new Promise((resolve) => {
    const socket: Socket = connect(doorPort, '127.0.0.1');
    const refuse = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    let said = '';
    socket.setTimeout(DOOR_ANSWERS_WITHIN_MS, refuse);
    socket.on('error', refuse);
    socket.once('close', () => resolve(undefined));
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!said.includes('\n')) return;
      if (said.trim() !== secret) return refuse();
      socket.setTimeout(0);
      socket.unref();
      resolve({ address, release: () => void socket.destroy() });
    });
  });
}

/** A lock that a dead process leaves behind counts as open. Two who break it at once start two servers, and one is used. */
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
    if (isHeld(file)) return undefined;
    rmSync(file, { force: true });
    if (!take()) return undefined;
  }
  return () => rmSync(file, { force: true });
}

function isHeld(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (Date.now() - statSync(file).mtimeMs > LOCK_IS_OLD_MS) return false;
    // An empty file is being written.
    return pid === 0 || isAlive(pid);
  } catch {
    return false;
  }
}

async function startKeeper(
  files: Files,
  leftOver: TemporalRecord | undefined,
  { folder, temporalCli, lingerMs = LINGER_MS, log }: SharedTemporalOptions,
): Promise<void> {
  if (leftOver) await endOrphan(leftOver);
  const cli = await findTemporalCli({ explicit: temporalCli, cacheDir: join(folder, 'cache'), log });
  const order: KeeperOrder = { cli, recordFile: files.record, lingerMs };
  const output = openSync(files.log, 'w');
  const keeper = spawn(process.execPath, [...keeperCommand(), JSON.stringify(order)], {
    detached: true,
    stdio: ['ignore', output, output],
    env: environmentOfKeeper(),
  });
  closeSync(output);
  keeper.unref();
  let exit: string | undefined;
  keeper.once('exit', (code, signal) => (exit = `exit code ${code ?? signal}`));
  keeper.once('error', (error) => (exit = error.message));
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (readRecord(files.record)?.keeperPid !== keeper.pid) {
    if (exit !== undefined || Date.now() > giveUpAt) {
      const words = readFileSync(files.log, 'utf8').trim().split('\n').slice(-20).join('\n');
      throw new TemporalError(
        'temporal_start_failed',
        `Temporal for the tests did not start (${exit ?? 'it took too long'}). Its last words:\n${words || '(none)'}`,
      );
    }
    await delay(LOOK_AGAIN_MS);
  }
}

/** `.ts` in the repository, `.js` in the package. */
function keeperCommand(): string[] {
  const isSource = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(`temporal-keeper.${isSource ? 'ts' : 'js'}`, import.meta.url));
  if (!isSource) return [file];
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--import', tsx, file];
}
