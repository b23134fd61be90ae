/** The files in which workflow threads leave their marks, for the process that comes after one that died. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { readMark, type Activation } from './marks.mjs';

/** The mark of a thread whose process is gone, and that never ended its activation. */
export interface LeftMark extends Activation {
  /** Identifies the activation. */
  readonly mark: string;
  readonly build: string;
}

/** A file's name: process id, its start, the number of the thread, the build of the bot. */
const FILE_NAME = /^(?<pid>\d+)\.(?<start>\w+)\.\d+\.(?<build>\w+)$/;

/**
 * The folder of the workers on this machine that use one store, for its user alone. `parent` is the system's folder for
 * temporary files; only tests name another.
 *
 * @throws when there is none, or it belongs to somebody else.
 */
export function openMarkFolder(store: string, parent = tmpdir()): string {
  const { uid } = userInfo();
  const identity = store.startsWith('file:') ? resolve(store.slice('file:'.length)) : store;
  const name = createHash('sha256').update(`${hostname()}\n${identity}`).digest('hex').slice(0, 32);
  const ofUser = join(parent, `everthread-${uid}`);
  const folder = join(ofUser, name);
  for (const path of [ofUser, folder]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stats = lstatSync(path);
    const isOurs = process.platform === 'win32' || (stats.uid === uid && (stats.mode & 0o077) === 0);
    if (!stats.isDirectory() || !isOurs) throw new Error(`${path} is open to other users. Remove it.`);
  }
  return folder;
}

/** Creates the empty file of a thread of this process. */
export function createMarkFile(folder: string, threadNumber: number, build: string): string {
  const path = join(folder, `${process.pid}.${startOf(process.pid)}.${threadNumber}.${build}`);
  writeFileSync(path, '', { mode: 0o600 });
  return path;
}

/** The marks of processes that are gone; `remove` deletes their files, once the marks are recorded. */
export function readLeftMarks(folder: string): { readonly marks: readonly LeftMark[]; remove(): void } {
  const left = readdirSync(folder).flatMap((file) => {
    const { pid, start, build } = FILE_NAME.exec(file)?.groups ?? {};
    if (build === undefined || startOf(Number(pid)) === start) return [];
    return [{ file, build, activation: readMark(toMemory(readFileSync(join(folder, file)))) }];
  });
  return {
    marks: left.flatMap(({ file, build, activation }) => {
      if (!activation) return [];
      const { sequence, ...rest } = activation;
      return [{ ...rest, build, mark: markId(file, sequence) }];
    }),
    remove: () => {
      for (const { file } of left) rmSync(join(folder, file), { force: true });
    },
  };
}

/** Identifies one activation of one thread, the same in each report of it. */
export function markId(file: string, sequence: number): string {
  return `${file}.${sequence}`;
}

function toMemory(content: Buffer): ArrayBuffer {
  return new Uint8Array(content).buffer;
}

/** When a process started, in the system's own words; `undefined` when it is gone. A reused id has another start. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.replaceAll(/\W+/g, '') || undefined;
  }
  try {
    // The name of the command, in parentheses, may have any character.
    const [state, ...fields] = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '').split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
