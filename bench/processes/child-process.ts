/** Child processes that answer requests: each measured part has a process of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { recordTail } from '../../src/temporal/server/processes.ts';

/** A clock that all processes of this machine share, in ms. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A running child process. */
export interface Child<Hello = unknown> {
  /** The message with which it reported that it is ready. */
  readonly hello: Hello;
  readonly pid: number;
  ask<Answer>(question: string, argument?: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

interface ChildReply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** How a child process is started. */
export interface SpawnOptions {
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** For a process without IPC messages: returns a value for the output line that means ready. */
  readonly readyLine?: (line: string) => unknown;
}

const PRELOADED = ['tsx', './probe.mjs'].flatMap((module) => ['--import', import.meta.resolve(module)]);
const READY_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 15_000;

/** Runs a TypeScript file with the probe loaded; resolves when it is ready. */
export async function startChild<Hello>(file: string, options: SpawnOptions = {}): Promise<Child<Hello>> {
  const process_ = spawn(process.execPath, [...(options.nodeArgs ?? []), ...PRELOADED, file, ...(options.args ?? [])], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  const killWithParent = () => void process_.kill('SIGKILL');
  process.once('exit', killWithParent);
  void once(process_, 'close').then(() => process.off('exit', killWithParent));
  const lastLines = recordTail(process_.stdout!, process_.stderr!);
  const died = once(process_, 'close').then(([code]) => {
    throw new Error(`${file} ended (${String(code)}):\n${lastLines()}`);
  });
  died.catch(() => {});
  try {
    const hello = await withTimeout(
      READY_WITHIN_MS,
      `${file} did not get ready`,
      Promise.race([died, ready(process_, options)]),
    );
    return { hello: hello as Hello, pid: process_.pid!, ask: asker(process_, died), stop: () => stopProcess(process_) };
  } catch (error) {
    await stopProcess(process_);
    throw error;
  }
}

function ready(child: ChildProcess, { readyLine }: SpawnOptions): Promise<unknown> {
  if (!readyLine) return once(child, 'message').then(([hello]) => hello as unknown);
  return new Promise((resolve) => {
    let rest = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const hello = readyLine(line);
        if (hello !== undefined) resolve(hello);
      }
    });
  });
}

function asker(child: ChildProcess, died: Promise<never>): Child['ask'] {
  let lastId = 0;
  const waiting = new Map<number, (reply: ChildReply) => void>();
  child.on('message', (reply: ChildReply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  return async (question, argument) => {
    const id = (lastId += 1);
    const reply = new Promise<ChildReply>((resolve) => waiting.set(id, resolve));
    child.send({ id, question, argument });
    const { answer, error } = await withTimeout(
      ANSWER_WITHIN_MS,
      `no answer to "${question}"`,
      Promise.race([died, reply]),
    );
    if (error !== undefined) throw new Error(`"${question}" failed: ${error}`);
    return answer as never;
  };
}

/** Ends a process: with SIGTERM, and with SIGKILL when it takes longer. */
export async function stopProcess(child: ChildProcess, withinMs = STOP_WITHIN_MS): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), withinMs);
  await closed;
  clearTimeout(force);
}

async function withTimeout<T>(ms: number, problem: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${problem} within ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The child's side: sends `hello`, then answers requests by name until it is ended. */
export function serveParent(
  answers: Readonly<Record<string, (argument: never) => unknown>>,
  hello: object,
  close: () => Promise<void> = async () => {},
): void {
  process.on('message', async ({ id, question, argument }: { id: number; question: string; argument: never }) => {
    const answer = answers[question];
    if (!answer) return; // a request to the probe
    try {
      process.send?.({ id, answer: await answer(argument) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  const end = () => void close().finally(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('disconnect', end);
  process.send?.(hello);
}
