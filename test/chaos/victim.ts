import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { everthread } from '../support/compiled.ts';

/** A process of ours that is killed and started again. */
export interface Victim {
  readonly pid: number;
  /** SIGKILL, and the start of the next life. */
  kill(): Promise<void>;
  /** SIGTERM, or another signal, and the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves when the life of this moment has printed this; rejects when it ends before. */
  says(text: string): Promise<void>;
  /** Everything all lives have printed. */
  output(): string;
  /** The processes it has started that still run; after its own end they have a moment to notice it. */
  offspring(): Promise<readonly number[]>;
}

const NOTICED_WITHIN_MS = 10_000;
const victims = new Set<Victim>();

/** For the end of a run that may have failed: no process stays behind. */
export async function endAllVictims(): Promise<void> {
  const all = [...victims];
  victims.clear();
  await Promise.all(all.map((victim) => victim.stop('SIGKILL')));
}

/** Keeps one command running, with nothing in its environment but what is given. */
export function startVictim(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Victim {
  let output = '';
  let lifeBegan = 0;
  const family = new Set<number>();
  let child = start();

  function start(): ChildProcess {
    const { PATH = '', HOME = '' } = process.env;
    lifeBegan = output.length;
    const life = spawn(process.execPath, [...everthread(), ...args], { cwd, env: { PATH, HOME, ...env } });
    const hear = (chunk: Buffer) => void (output += chunk.toString());
    life.stdout.on('data', hear);
    life.stderr.on('data', hear);
    return life;
  }

  const victim: Victim = {
    get pid() {
      return child.pid ?? 0;
    },
    async kill() {
      const dead = gone(child);
      child.kill('SIGKILL');
      await dead;
      child = start();
    },
    stop(signal = 'SIGTERM') {
      for (const pid of childrenOf(child.pid ?? 0)) family.add(pid);
      const dead = gone(child);
      child.kill(signal);
      return dead;
    },
    async says(text) {
      const life = child;
      while (!output.slice(lifeBegan).includes(text)) {
        if (life.exitCode !== null || life.signalCode !== null) {
          throw new Error(`It ended without saying "${text}":\n${output.slice(lifeBegan)}`);
        }
        await delay(20);
      }
    },
    output: () => output,
    async offspring() {
      const alive = () => [...family, ...childrenOf(child.pid ?? 0)].filter(isAlive);
      for (const giveUpAt = Date.now() + NOTICED_WITHIN_MS; alive().length > 0 && Date.now() < giveUpAt;)
        await delay(50);
      return [...new Set(alive())];
    },
  };
  victims.add(victim);
  return victim;
}

function gone(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => void child.once('close', resolve));
}

function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const table = stdout.trim().split('\n');
  return table
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
