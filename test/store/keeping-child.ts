import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { childScript } from './targets.ts';

/** A process that keeps events until it is killed, and what it says of them. */
export interface KeepingChild {
  readonly process: ChildProcess;
  /** The mids that it was told are kept. */
  readonly kept: readonly string[];
  /** What it was told of the others. */
  readonly lost: readonly string[];
  /** Resolves when it says something more for which this holds. */
  untilSays(condition: (line: string) => boolean): Promise<string>;
  kill(): Promise<void>;
}

/** `shell` may prepare the process, for instance set its limits: `ulimit -f 100`. */
export function startKeeping(
  url: string,
  { shell = 'true', ...options }: SpawnOptions & { shell?: string } = {},
): KeepingChild {
  const script = childScript('keep.ts', url);
  const child = spawn('/bin/sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...script], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close');
  const kept: string[] = [];
  const lost: string[] = [];
  const waiting = new Set<(line: string) => void>();
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('kept ')) kept.push(line.slice(5));
    if (line.startsWith('lost ')) lost.push(line.slice(5));
    for (const look of waiting) look(line);
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return {
    process: child,
    kept,
    lost,
    untilSays: (condition) =>
      new Promise((resolve, reject) => {
        const look = (line: string) => {
          if (!condition(line)) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
        void exited.then(() => reject(new Error('The child ended before it said what was waited for')));
      }),
    kill,
  };
}
