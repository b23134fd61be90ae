import { readFile } from 'node:fs/promises';
import { run } from '../cli/command.ts';

/** What the system knows of a running process. */
export interface ProcessEntry {
  readonly parentPid: number;
  /** The command and its arguments, separated by spaces. */
  readonly commandLine: string;
}

/** The process with this id, or `undefined` when there is none or it only waits to be collected. */
export async function findProcess(pid: number): Promise<ProcessEntry | undefined> {
  const entry = process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid);
  return entry?.commandLine ? entry : undefined;
}

async function fromProc(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const [status, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    const parentPid = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
    return { parentPid, commandLine: commandLine.replaceAll('\0', ' ').trim() };
  } catch {
    return undefined; // gone, perhaps between the two reads
  }
}

async function fromPs(pid: number): Promise<ProcessEntry | undefined> {
  const answer = await run('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)], { timeoutMs: 10_000 });
  if (!answer.ok) return undefined;
  const [, parentPid, commandLine] = /^\s*(\d+)\s+(.*\S)/.exec(answer.output) ?? [];
  return commandLine ? { parentPid: Number(parentPid), commandLine } : undefined;
}
