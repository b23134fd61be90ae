import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { isProcessAlive } from '../../../src/testing/process-alive.ts';
import { everthread } from '../../support/compiled.ts';

/** An `everthread` process that is killed and started again. */
export interface KillableProcess {
  readonly pid: number;
  /** Sends SIGKILL, or another signal, and starts the command again when it has ended. SIGKILL also reaches its child processes. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** How often it has ended by itself and was started again; needs `isSupervised`. */
  ownEnds(): number;
  /** Waits until the current run has ended by itself, prepares, and starts the command again. */
  restartWhenDead(prepare: () => void): Promise<void>;
  /** The process id of the worker of `everthread start`. */
  workerPid(): number;
  /** Sends SIGTERM, or another signal; resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Sends SIGTERM to it and its child processes, as systemd does; resolves to its exit code. */
  stopAll(): Promise<number | null>;
  /** Resolves to the exit code when it has ended by itself. */
  ended(): Promise<number | null>;
  /** Resolves when the current run has printed this text so often, default once; rejects when it ends before. */
  untilPrinted(text: string, times?: number): Promise<void>;
  /** The output of all runs. */
  output(): string;
  /** Child processes that still run, 10 s after the process has ended at the latest. */
  descendants(): Promise<readonly number[]>;
}

const CHILDREN_END_WITHIN_MS = 10_000;
const killables = new Set<KillableProcess>();

/** Kills all of them, also after a failed run: no process stays behind. */
export async function endAllKillables(): Promise<void> {
  const all = [...killables];
  killables.clear();
  await Promise.all(all.map((killable) => killable.stop('SIGKILL')));
}

/** How to start a process. */
export interface StartOptions {
  /** Default: the `everthread` command. */
  readonly program?: readonly string[];
  /** Starts it again when it has ended by itself, as systemd does; default `false`. */
  readonly isSupervised?: boolean;
}

/** How long it stays away after an end of its own. */
const SUPERVISOR_WAITS_MS = 500;

/** Starts an `everthread` command, or another program, with no environment variables but those given. */
export function startKillable(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
  { program = everthread(), isSupervised = false }: StartOptions = {},
): KillableProcess {
  let output = '';
  let runStart = 0;
  let ownEnds = 0;
  /** The run that was told to end. */
  let toldToEnd: ChildProcess | undefined;
  const children = new Set<number>();
  let child = start();

  function start(): ChildProcess {
    const { PATH = '', HOME = '' } = process.env;
    runStart = output.length;
    const run = spawn(process.execPath, [...program, ...args], { cwd, env: { PATH, HOME, ...env } });
    const collect = (chunk: Buffer) => void (output += chunk.toString());
    run.stdout.on('data', collect);
    run.stderr.on('data', collect);
    if (isSupervised) run.once('close', () => setTimeout(superviseEnd, SUPERVISOR_WAITS_MS, run));
    return run;
  }

  function superviseEnd(run: ChildProcess): void {
    if (run !== child || run === toldToEnd) return;
    ownEnds += 1;
    child = start();
  }

  const killable: KillableProcess = {
    get pid() {
      return child.pid ?? 0;
    },
    async kill(signal = 'SIGKILL') {
      toldToEnd = child;
      const exit = exitOf(child);
      const pids = signal === 'SIGKILL' ? childrenOf(child.pid ?? 0) : [];
      child.kill(signal);
      for (const pid of pids) killIfAlive(pid);
      await exit;
      child = start();
    },
    ownEnds: () => ownEnds,
    async restartWhenDead(prepare) {
      await exitOf(child);
      prepare();
      child = start();
    },
    workerPid() {
      const [worker] = childrenOf(child.pid ?? 0, 'worker-process-entry');
      if (worker === undefined) throw new Error('It has no worker process');
      return worker;
    },
    stop(signal = 'SIGTERM') {
      toldToEnd = child;
      for (const pid of childrenOf(child.pid ?? 0)) children.add(pid);
      const exit = exitOf(child);
      child.kill(signal);
      return exit;
    },
    stopAll() {
      toldToEnd = child;
      const pids = childrenOf(child.pid ?? 0);
      for (const pid of pids) children.add(pid);
      const exit = exitOf(child);
      child.kill('SIGTERM');
      for (const pid of pids) process.kill(pid, 'SIGTERM');
      return exit;
    },
    ended: () => exitOf(child),
    async untilPrinted(text, times = 1) {
      const run = child;
      while (output.slice(runStart).split(text).length <= times) {
        if (run.exitCode !== null || run.signalCode !== null) {
          throw new Error(`It ended without printing "${text}":\n${output.slice(runStart)}`);
        }
        await delay(20);
      }
    },
    output: () => output,
    async descendants() {
      const alive = () => [...children, ...childrenOf(child.pid ?? 0)].filter(isProcessAlive);
      for (const giveUpAt = Date.now() + CHILDREN_END_WITHIN_MS; alive().length > 0 && Date.now() < giveUpAt;)
        await delay(50);
      return [...new Set(alive())];
    },
  };
  killables.add(killable);
  return killable;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => void child.once('close', resolve));
}

function childrenOf(pid: number, command = ''): readonly number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, child, parent, args = ''] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return Number(parent) === pid && args.includes(command) ? [Number(child)] : [];
  });
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
