/** Starts the threads in which the SDK runs workflows from `thread.mjs`, which replaces some of what they do. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';
import workerThreads, { type WorkerOptions } from 'node:worker_threads';

/** Settings of workflow threads. */
export interface WorkflowThreadOptions {
  /**
   * Whether Temporal's UI can show the call stack of a run that is waiting (its query `__stack_trace`). It costs more than
   * half of a workflow thread's time. Default: no.
   */
  readonly hasStackTraces?: boolean;
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
      if (typeof file !== 'string' || !SDK_ENTRY.test(file)) super(file, workerOptions);
      else super(OUR_ENTRY, { ...workerOptions, workerData: { sdkEntry: file, ...optionsOfStarted.getStore() } });
    }
  };
}
