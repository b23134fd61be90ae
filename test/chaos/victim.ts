import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** A process of ours that is killed and started again. */
export interface Victim {
  /** SIGKILL, and the start of the next life. */
  kill(): Promise<void>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** Everything all lives have printed. */
  output(): string;
}

/** Keeps one command running from its sources, with nothing in its environment but what is given. */
export function startVictim(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Victim {
  let output = '';
  let child = start();

  function start(): ChildProcess {
    const { PATH = '', HOME = '' } = process.env;
    const life = spawn(process.execPath, [join(root, 'scripts/setup.mjs'), ...args], {
      cwd,
      env: { PATH, HOME, ...env },
    });
    const hear = (chunk: Buffer) => void (output += chunk.toString());
    life.stdout.on('data', hear);
    life.stderr.on('data', hear);
    return life;
  }

  return {
    async kill() {
      const dead = gone(child);
      child.kill('SIGKILL');
      await dead;
      child = start();
    },
    stop() {
      const dead = gone(child);
      child.kill('SIGTERM');
      return dead;
    },
    output: () => output,
  };
}

function gone(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => void child.once('close', resolve));
}
