/** Starts the threads in which the SDK runs workflows from `thread.mjs`, which takes two costs out of them. */

import { fileURLToPath } from 'node:url';
import workerThreads, { MessageChannel, type WorkerOptions } from 'node:worker_threads';
import type { ConsoleOutput } from '../../console-output.ts';
import { enableLinearPatterns } from '../linear-patterns.ts';

/** Settings of the process's workflow threads. */
export interface WorkflowThreadOptions {
  /**
   * Whether Temporal's UI can show the call stack of a run that is waiting (its query `__stack_trace`). It costs more than
   * half of a workflow thread's time.
   */
  readonly hasStackTraces: boolean;
  /** Called with what a bot prints in the sandbox, and with its workflow. Default: it is printed as text. */
  readonly onOutput?: (output: ConsoleOutput, workflow: string) => void;
}

const SDK_ENTRY = /[\\/]@temporalio[\\/]worker[\\/]lib[\\/]workflow[\\/]workflow-worker-thread\.js$/;
const OUR_ENTRY = fileURLToPath(new URL('thread.mjs', import.meta.url));

let options: WorkflowThreadOptions | undefined;

/**
 * From now on the SDK's workflow threads of this process start from `thread.mjs`. Call it before `Worker.create`; a later
 * call changes the options of threads that are started after it.
 *
 * The SDK has no option for a thread's entry, so this replaces the `Worker` class that it takes from `node:worker_threads`;
 * every other thread of the process starts as before.
 */
export function useOwnWorkflowThreads(next: WorkflowThreadOptions): void {
  enableLinearPatterns();
  if (!options) divertSdkThreads();
  options = next;
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

/** What `thread.mjs` needs to know, with the port on which it sends what the bot prints. */
function threadData(sdkEntry: string): Pick<WorkerOptions, 'workerData' | 'transferList'> {
  const { hasStackTraces = false, onOutput } = options ?? {};
  if (!onOutput) return { workerData: { sdkEntry, hasStackTraces } };
  const { port1: outputs, port2: outputPort } = new MessageChannel();
  outputs.on('message', ({ workflow, ...output }: ConsoleOutput & { readonly workflow: string }) =>
    onOutput(output, workflow),
  );
  outputs.unref();
  return { workerData: { sdkEntry, hasStackTraces, outputPort }, transferList: [outputPort] };
}
