/** The worker of `everthread start`, in a process of its own that is started again when it dies. */

import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { type Backoff, backoffMs } from '../backoff.ts';
import { deserializeError, type SerializedError } from '../domain/serialized-error.ts';
import type { Logger } from '../logger.ts';
import type { BotFacts } from '../temporal/bundling/bundle-bot.ts';
import { ownScript } from '../temporal/server/processes.ts';

/** What the worker's process tells `everthread start`. */
export type WorkerMessage =
  | { readonly kind: 'bundled'; readonly facts: BotFacts }
  | { readonly kind: 'ready' }
  /** Its main thread runs: said every few seconds from `bundled` on. */
  | { readonly kind: 'alive' }
  /** What it has measured, in Prometheus' text format: the answer to `METRICS_MESSAGE`. */
  | { readonly kind: 'metrics'; readonly text: string }
  /** It ends with this error. */
  | ({ readonly kind: 'failed' } & SerializedError);

/** `everthread start` tells the worker's process to stop. */
export const STOP_MESSAGE = 'stop';
/** `everthread start` asks the worker's process what it has measured. */
export const METRICS_MESSAGE = 'metrics';

/** A worker that is starting or stuck says nothing. */
const METRICS_TIMEOUT_MS = 3000;

/** A worker process that is starting or running. */
export interface WorkerProcess {
  /** Resolves to the facts of the bot, as the first run has bundled it; rejects when `failed` does. */
  readonly bundled: Promise<BotFacts>;
  /** Rejects when a run ends before the worker was ever ready: another try would end in the same way. */
  readonly failed: Promise<never>;
  /** What the worker has measured, in Prometheus' text format; empty while it is not running. */
  metrics(): Promise<string>;
  /** Lets the worker finish its tasks, and resolves when its process has ended. */
  stop(): Promise<void>;
}

const RESTART_BACKOFF: Backoff = { minMs: 1000, maxMs: 30_000 };
/** A run that lasted so long was healthy: the next restart is quick again. */
const HEALTHY_MS = 60_000;

/** How often a worker says that it is alive. */
export const ALIVE_EVERY_MS = 5000;
/** A worker that has said it, and then is silent for so long, is stuck. */
const MAX_SILENCE_MS = 30_000;

/** Settings of `startWorkerProcess`. */
export interface WorkerProcessOptions {
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** How long a worker may be silent. Default: 30 s. */
  readonly maxSilenceMs?: number;
}

/** Starts the worker of a bot's file. Its output goes where ours goes. */
export function startWorkerProcess(
  botFile: string,
  { log, maxSilenceMs = MAX_SILENCE_MS }: WorkerProcessOptions,
): WorkerProcess {
  let child: ChildProcess | undefined;
  let isStopping = false;
  let wasReady = false;
  let failures = 0;
  let restart: NodeJS.Timeout | undefined;
  /** Who waits for what the worker has measured. */
  const metricsReaders: ((text: string) => void)[] = [];
  let resolveFacts: (facts: BotFacts) => void;
  let fail: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const bundled = Promise.race([new Promise<BotFacts>((resolve) => (resolveFacts = resolve)), failed]);
  // Callers await one of the two at a time: a rejection that nobody awaits must not end this process.
  for (const promise of [failed, bundled]) promise.catch(() => {});

  function run(): void {
    const startedAt = Date.now();
    let error: Error | undefined;
    const endRun = (end: string) => {
      if (isStopping) return;
      if (!wasReady) return fail(error ?? new Error(`The worker's process ended before it was ready (${end}).`));
      failures = Date.now() - startedAt > HEALTHY_MS ? 1 : failures + 1;
      const waitMs = backoffMs(RESTART_BACKOFF, failures);
      log.error(
        { end, ...(error && { error: error.message }), waitMs },
        "The worker's process ended; it is started again",
      );
      restart = setTimeout(run, waitMs);
    };
    // The system may have no memory or no process left, and have it again later: such a run emits no `exit`.
    const failToStart = (reason: Error) => {
      error = reason;
      endRun('not started');
    };
    let started: ChildProcess;
    try {
      started = forkWorker(botFile);
    } catch (reason) {
      return failToStart(reason as Error);
    }
    child = started;
    let silence: NodeJS.Timeout | undefined;
    started.on('message', (raw) => {
      const message = toWorkerMessage(raw);
      if (!message) return;
      if (message.kind === 'bundled') resolveFacts(message.facts);
      if (message.kind === 'ready') wasReady = true;
      if (message.kind === 'metrics') for (const take of metricsReaders.splice(0)) take(message.text);
      if (message.kind === 'failed') error = deserializeError(message);
      // Not before: opening a large store keeps the main thread busy for long.
      if (message.kind === 'alive') {
        clearTimeout(silence);
        // One round more: after a pause of the machine its message may be here, unread.
        silence = setTimeout(() => (silence = setTimeout(() => endSilent(started), 1000)), maxSilenceMs);
      }
    });
    const endSilent = (silent: ChildProcess) => {
      const seconds = maxSilenceMs / 1000;
      error = new Error(
        `The worker has been silent for ${seconds} seconds: its main thread is busy. Is there an endless loop in an activity?`,
      );
      silent.kill('SIGKILL');
    };
    started.on('error', (reason) => {
      if (started.pid === undefined) failToStart(reason);
      else error = reason;
    });
    started.once('exit', (code, signal) => {
      clearTimeout(silence);
      endRun(signal ?? `exit code ${code}`);
    });
  }

  // A worker that is stuck in a loop would not notice that `start` is gone.
  const killWorker = () => void child?.kill('SIGKILL');
  process.once('exit', killWorker);
  run();
  return {
    bundled,
    failed,
    async metrics() {
      if (!child?.connected) return '';
      const answered = new Promise<string>((resolve) => void metricsReaders.push(resolve));
      child.send(METRICS_MESSAGE);
      return Promise.race([answered, delay(METRICS_TIMEOUT_MS, '', { ref: false })]);
    },
    async stop() {
      isStopping = true;
      clearTimeout(restart);
      if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child?.once('exit', resolve));
        if (child.connected) child.send(STOP_MESSAGE);
        await ended;
      }
      process.off('exit', killWorker);
    },
  };
}

function forkWorker(botFile: string): ChildProcess {
  const { file, nodeArgs } = ownScript('worker-process-entry', import.meta.url);
  // In the repository a bot's `import 'everthread'` finds our sources, as it does in this process.
  const sourceArgs = file.endsWith('.ts') ? ['--conditions=everthread-source'] : [];
  const execArgv = [...process.execArgv, ...sourceArgs, ...nodeArgs];
  return fork(file, [botFile], { execArgv, serialization: 'advanced' });
}

/** A message of our code; `undefined` for one of the bot's, which may send any, of any shape. */
function toWorkerMessage(raw: unknown): WorkerMessage | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const message = raw as Readonly<Record<string, unknown>>;
  switch (message['kind']) {
    case 'alive':
    case 'ready':
      return { kind: message['kind'] };
    case 'bundled':
      return hasFields(message['facts']) ? (message as WorkerMessage) : undefined;
    case 'metrics':
      return typeof message['text'] === 'string' ? (message as WorkerMessage) : undefined;
    case 'failed':
      return typeof message['message'] === 'string' ? (message as WorkerMessage) : undefined;
    default:
      return undefined;
  }
}

function hasFields(facts: unknown): boolean {
  return typeof facts === 'object' && facts !== null && Array.isArray((facts as Partial<BotFacts>).fields);
}
