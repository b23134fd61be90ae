import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runCommand } from '../cli/command.ts';

/** A file of everthread that runs as a process of its own. */
export interface OwnScript {
  readonly file: string;
  /** Arguments for `node` that come before the file. */
  readonly nodeArgs: readonly string[];
}

/** The script of this name beside the module `importer` (its `import.meta.url`): `.ts` in the repository, `.js` in the package. */
export function ownScript(name: string, importer: string): OwnScript {
  const isSource = importer.endsWith('.ts');
  const file = fileURLToPath(new URL(`${name}.${isSource ? 'ts' : 'js'}`, importer));
  if (!isSource) return { file, nodeArgs: [] };
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { file, nodeArgs: ['--import', tsx] };
}

/** A running process. */
export interface ProcessEntry {
  readonly parentPid: number;
  /** The command and its arguments, separated by spaces. */
  readonly commandLine: string;
}

/** The process with this id, or `undefined` when there is none it is a zombie. */
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
  const answer = await runCommand('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)], { timeoutMs: 10_000 });
  if (!answer.ok) return undefined;
  const [, parentPid, commandLine] = /^\s*(\d+)\s+(.*\S)/.exec(answer.output) ?? [];
  return commandLine ? { parentPid: Number(parentPid), commandLine } : undefined;
}

const MAX_TAIL_LINES = 20;

/** Returns a function that gives the last lines of the streams' output so far, for error messages. */
export function recordTail(...streams: readonly Readable[]): () => string {
  let tail = '';
  for (const stream of streams) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      tail = (tail + chunk).split('\n').slice(-MAX_TAIL_LINES).join('\n');
    });
  }
  return () => tail.trim();
}
