import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { childScript } from './targets.ts';

/** A process that records events until it is killed, and what it reports of them. */
export interface RecordingChild {
  readonly process: ChildProcess;
  /** The mids of the events that were recorded. */
  readonly recorded: readonly string[];
  /** The errors of the others. */
  readonly lost: readonly string[];
  /** Resolves to the next line for which the condition holds. */
  untilLine(condition: (line: string) => boolean): Promise<string>;
  kill(): Promise<void>;
}

/** `shell` may prepare the process, for instance set its limits: `ulimit -f 100`. */
export function startRecording(
  url: string,
  { shell = 'true', ...options }: SpawnOptions & { shell?: string } = {},
): RecordingChild {
  const script = childScript('record.ts', url);
  const child = spawn('/bin/sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...script], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close');
  const recorded: string[] = [];
  const lost: string[] = [];
  const waiting = new Set<(line: string) => void>();
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('recorded ')) recorded.push(line.slice('recorded '.length));
    if (line.startsWith('lost ')) lost.push(line.slice('lost '.length));
    for (const look of waiting) look(line);
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return {
    process: child,
    recorded,
    lost,
    untilLine: (condition) =>
      new Promise((resolve, reject) => {
        const look = (line: string) => {
          if (!condition(line)) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
        void exited.then(() =>
          reject(
            new Error(`The child ended before it said what was waited for. It lost: ${lost.join(', ') || 'nothing'}`),
          ),
        );
      }),
    kill,
  };
}
