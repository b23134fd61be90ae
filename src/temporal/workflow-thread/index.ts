/** Starts the threads in which the SDK runs workflows from `thread.mjs`, which replaces some of what they do. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';
import workerThreads, { MessageChannel, type MessagePort, type WorkerOptions } from 'node:worker_threads';
import type { ConsoleOutput } from '../../console-output.ts';
import { enableLinearPatterns } from '../linear-patterns.ts';
import { MAX_MARK_BYTES, type Activation } from './marks.mjs';

/** Settings of workflow threads. */
export interface WorkflowThreadOptions {
  /**
   * Whether Temporal's UI can show the call stack of a run that is waiting (its query `__stack_trace`). It costs more than
   * half of a workflow thread's time. Default: no.
   */
  readonly hasStackTraces?: boolean;
  /** Called with what a bot prints in the sandbox, and with its workflow. Default: it is printed as text. */
  readonly onOutput?: (output: ConsoleOutput, workflow: string) => void;
  /** Who looks after the threads. Default: nobody; an activation fails after 8 seconds. */
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
  enableLinearPatterns();
  if (!isDiverted) divertSdkThreads();
  isDiverted = true;
  return optionsOfStarted.run(options, create);
}

function divertSdkThreads(): void {
  const Original = workerThreads.Worker;
  workerThreads.Worker = class Worker extends Original {
    constructor(file: string | URL, workerOptions: WorkerOptions = {}) {
      if (typeof file !== 'string' || !SDK_ENTRY.test(file)) super(file, workerOptions);
      else super(OUR_ENTRY, { ...workerOptions, ...threadData(file) });
    }
  };
}

/** What `thread.mjs` needs to know, with the ports on which it sends time-outs and what the bot prints. */
function threadData(sdkEntry: string): Pick<WorkerOptions, 'workerData' | 'transferList'> {
  const { hasStackTraces = false, guard, onOutput } = optionsOfStarted.getStore() ?? {};
  const { port1: main, port2: port } = new MessageChannel();
  const memory = new SharedArrayBuffer(MAX_MARK_BYTES);
  const markFile = guard?.createMarkFile();
  const outputPort = onOutput && openOutputPort(onOutput);
  guard?.watch(createWatchedThread(main, memory, markFile));
  main.unref();
  return {
    workerData: {
      sdkEntry,
      hasStackTraces,
      hasTimeout: guard?.hasTimeout ?? true,
      memory,
      markFile,
      port,
      quarantined: guard?.quarantined() ?? [],
      outputPort,
    },
    transferList: [port, ...(outputPort ? [outputPort] : [])],
  };
}

function openOutputPort(onOutput: NonNullable<WorkflowThreadOptions['onOutput']>): MessagePort {
  const { port1: outputs, port2: outputPort } = new MessageChannel();
  outputs.on('message', ({ workflow, ...output }: ConsoleOutput & { readonly workflow: string }) =>
    onOutput(output, workflow),
  );
  outputs.unref();
  return outputPort;
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
