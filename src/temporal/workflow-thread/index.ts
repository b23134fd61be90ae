/** Starts the threads in which the SDK runs workflows from `thread.mjs`, which replaces some of what they do. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';
import workerThreads, { MessageChannel, type MessagePort, type WorkerOptions } from 'node:worker_threads';
import { MAX_MARK_BYTES, type Activation } from './marks.mjs';

/** Settings of workflow threads. */
export interface WorkflowThreadOptions {
  /**
   * Whether Temporal's UI can show the call stack of a run that is waiting (its query `__stack_trace`). It costs more than
   * half of a workflow thread's time. Default: no.
   */
  readonly hasStackTraces?: boolean;
  /** Who looks after the threads. Default: nobody; an activation that takes too long fails after the SDK's 5 seconds. */
  readonly guard?: ThreadGuard;
}

/** Looks after the threads of a worker. */
export interface ThreadGuard {
  /** Whether an activation that takes too long fails. If not, the guard ends the process. */
  readonly hasTimeout: boolean;
  /** An empty file for the marks of one thread, if they are to survive the process. */
  createMarkFile(): string | undefined;
  /** Workflows that threads do not run. */
  quarantined(): readonly string[];
  watch(thread: WatchedThread): void;
}

/** A thread, as the main thread sees it. */
export interface WatchedThread {
  /** Shows the activation that runs; `readMark` reads it. */
  readonly memory: SharedArrayBuffer;
  readonly markFile: string | undefined;
  setQuarantined(workflowIds: readonly string[]): void;
  /** Called with an activation that took too long and failed. */
  onTimeout(listener: (activation: Activation) => void): void;
}

const SDK_ENTRY = /[\\/]@temporalio[\\/]worker[\\/]lib[\\/]workflow[\\/]workflow-worker-thread\.js$/;
const OUR_ENTRY = fileURLToPath(new URL('thread.mjs', import.meta.url));

const optionsOfStarted = new AsyncLocalStorage<WorkflowThreadOptions>();
let isDiverted = false;

/**
 * From now on the SDK's workflow threads of this process start from `thread.mjs`. `create` makes a worker; its threads get
 * these options, all others the defaults.
 *
 * The SDK has no option for a thread's entry, so this replaces the `Worker` class that it takes from `node:worker_threads`;
 * every other thread of the process starts as before.
 */
export function withOwnWorkflowThreads<T>(options: WorkflowThreadOptions, create: () => T): T {
  if (!isDiverted) divertSdkThreads();
  isDiverted = true;
  return optionsOfStarted.run(options, create);
}

function divertSdkThreads(): void {
  const Original = workerThreads.Worker;
  workerThreads.Worker = class Worker extends Original {
    constructor(file: string | URL, workerOptions: WorkerOptions = {}) {
      if (typeof file !== 'string' || !SDK_ENTRY.test(file)) {
        super(file, workerOptions);
        return;
      }
      const { hasStackTraces = false, guard } = optionsOfStarted.getStore() ?? {};
      const { port1, port2 } = new MessageChannel();
      const memory = new SharedArrayBuffer(MAX_MARK_BYTES);
      const markFile = guard?.createMarkFile();
      super(OUR_ENTRY, {
        ...workerOptions,
        workerData: {
          sdkEntry: file,
          hasStackTraces,
          hasTimeout: guard?.hasTimeout ?? true,
          memory,
          markFile,
          port: port2,
          quarantined: guard?.quarantined() ?? [],
        },
        transferList: [port2],
      });
      guard?.watch(createWatchedThread(port1, memory, markFile));
      port1.unref();
    }
  };
}

function createWatchedThread(
  port: MessagePort,
  memory: SharedArrayBuffer,
  markFile: string | undefined,
): WatchedThread {
  return {
    memory,
    markFile,
    setQuarantined: (workflowIds) => port.postMessage(workflowIds),
    onTimeout(listener) {
      port.on('message', listener);
      port.unref();
    },
  };
}
