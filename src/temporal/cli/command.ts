import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';

/** How to run a command. */
export interface CommandOptions {
  /** The command is killed after this time. */
  readonly timeoutMs: number;
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** `output` holds stdout and stderr of a command that succeeded; `problem` tells a person why one failed. */
export type CommandResult =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly problem: string };

/** The problem of a command that does not exist. */
export const NOT_FOUND = 'not found';

/** Runs a command to its end. Never rejects: a missing command is a result too. */
export function runCommand(
  command: string,
  args: readonly string[],
  { timeoutMs, env }: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let child: ChildProcessByStdio<null, Readable, Readable>;
    try {
      child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(env && { env }) });
    } catch (error) {
      // Rare errors, such as ENOTDIR, are thrown.
      return resolve({ ok: false, problem: spawnProblem(error as NodeJS.ErrnoException) });
    }
    // Not spawn's own `timeout`: its timer outlives a command that does not exist, and keeps this process alive.
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    let output = '';
    const append = (chunk: string): void => void (output += chunk);
    child.stdout.setEncoding('utf8').on('data', append);
    child.stderr.setEncoding('utf8').on('data', append);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ ok: false, problem: spawnProblem(error) });
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve({ ok: true, output });
      const end = signal ? `ended by ${signal} (time limit ${timeoutMs / 1000} s)` : `exit code ${code}`;
      resolve({ ok: false, problem: [end, lastLine(output)].filter(Boolean).join(': ') });
    });
  });
}

function spawnProblem(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return NOT_FOUND;
  if (error.code === 'EACCES') return 'not executable';
  return error.message;
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() ?? '';
}
