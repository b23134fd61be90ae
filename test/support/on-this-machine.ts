import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of these paths that can be run. */
export function firstExecutable(paths: readonly string[]): string | undefined {
  return paths.find(isExecutable);
}

/** Where a command may be, folder by folder of PATH. */
export function onPath(command: string): readonly string[] {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, command));
}

/** The folders in `parent`, those with the highest number first; none when it does not exist. */
export function newestFirst(parent: string, prefix = ''): readonly string[] {
  try {
    const names = readdirSync(parent).filter((name) => name.startsWith(prefix));
    return names.toSorted((one, other) => numberIn(other) - numberIn(one)).map((name) => join(parent, name));
  } catch {
    return [];
  }
}

/** A number such as a user's id, asked of the system; `undefined` when there is no such user. */
export function idOf(flag: '-u' | '-g', user: string): number | undefined {
  const answer = spawnSync('id', [flag, user], { encoding: 'utf8' });
  return answer.status === 0 ? Number(answer.stdout) : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function numberIn(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}
