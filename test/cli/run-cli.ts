import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { everthread } from '../support/compiled.ts';

export const exampleBot = join(import.meta.dirname, '..', '..', 'examples', 'shop', 'bot.ts');

export interface Started {
  readonly pid: number;
  /** All that was printed so far, both streams. */
  output(): string;
  /** Resolves when the output has this text; rejects when the process ends without it. */
  says(text: string): Promise<string>;
  /** Asks it to end, as Ctrl-C does. */
  interrupt(): void;
  readonly ended: Promise<number | null>;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How it is started. Default: compiled. */
  readonly program?: readonly string[];
}

/** Starts a command as a person would, in a folder of its own, with nothing in the environment but what is given. */
export function startCli(args: readonly string[], { cwd, env = {}, program = everthread() }: CliOptions): Started {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...program, ...args], { cwd, env: { PATH, HOME, ...env } });
  let output = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGINT');
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    interrupt: () => void child.kill('SIGINT'),
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!output.includes(text)) return;
          listeners.delete(look);
          resolve(output);
        };
        listeners.add(look);
        look();
        void ended.then((code) => reject(new Error(`It ended with ${code} without saying "${text}":\n${output}`)));
      }),
  };
}

/** Runs a command to its end. */
export async function runCli(
  args: readonly string[],
  options: CliOptions,
): Promise<{ code: number | null; output: string }> {
  const started = startCli(args, options);
  const code = await started.ended;
  return { code, output: started.output() };
}
