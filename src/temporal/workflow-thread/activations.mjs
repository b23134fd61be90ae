/**
 * What happens around each whole activation of a workflow: its thread is marked, it may have a watchdog, and a workflow that
 * is quarantined is not run at all.
 */

import vm from 'node:vm';
import { mustHave } from './must-have.mjs';

const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';
/**
 * How long a whole activation may take where a watchdog ends it. Less than the 10 seconds that Temporal gives a workflow task,
 * and more than the SDK's 5 for a call: where processors are short an innocent activation waits for its turn, and its end may
 * end the process on Node 20 and 22.
 */
const ACTIVATION_MS = 8000;

/**
 * Replaces the SDK's watchdogs, one for each call into the sandbox.
 *
 * @param guard `mark` of this thread; `hasTimeout`: whether a watchdog ends an activation that takes too long, once for the
 *   whole of it; `isQuarantined(workflowId)`; `timedOut(activation)`.
 * @returns A function that runs another one as an activation is run.
 */
export function guardActivations(sdk, { mark, hasTimeout, isQuarantined, timedOut }) {
  mustHave(sdk.BaseVMWorkflow?.prototype, 'activate');
  const { activate } = sdk.BaseVMWorkflow.prototype;
  // oxlint-disable-next-line typescript/unbound-method -- called with the script as `this` below
  const { runInContext } = vm.Script.prototype;
  /** The SDK's own, as its calls outside of activations name it, is longer while somebody debugs. */
  let timeout = ACTIVATION_MS;
  let isGuarded = false;
  let run;
  globalThis.__everthreadActivate = () => run();
  const watched = new vm.Script('__everthreadActivate()');
  /** By the activator of a workflow: how many of its workflow tasks this thread has seen, also in a replay. */
  const tasks = new WeakMap();

  vm.Script.prototype.runInContext = function (context, options) {
    if (options?.timeout === undefined) return runInContext.call(this, context, options);
    timeout = Math.max(timeout, options.timeout);
    if (isGuarded) return runInContext.call(this, context, { ...options, timeout: undefined });
    return runInContext.call(this, context, options);
  };

  function runGuarded(activator, work) {
    const { workflowId, runId } = activator.info;
    const activation = { workflowId, runId, task: tasks.get(activator)?.count ?? 0 };
    mark.begin(activation);
    isGuarded = true;
    run = work;
    try {
      return hasTimeout ? watched.runInThisContext({ timeout }) : work();
    } catch (error) {
      if (error?.code === TIMED_OUT) timedOut(activation);
      throw error;
    } finally {
      isGuarded = false;
      mark.end();
    }
  }

  function countTask(activator, { historyLength, jobs }) {
    if (jobs.some(({ queryWorkflow }) => queryWorkflow)) return;
    const seen = tasks.get(activator) ?? { count: 0, historyLength: undefined };
    // Activations of one workflow task have one history length; each later task has a longer one.
    if (seen.historyLength !== historyLength) tasks.set(activator, { count: seen.count + 1, historyLength });
  }

  // In Node everything up to the completion is synchronous: the activation is over when this returns its promise.
  sdk.BaseVMWorkflow.prototype.activate = function (activation) {
    const { activator } = this;
    if (isQuarantined(activator.info.workflowId)) return Promise.resolve(refuse(activator));
    countTask(activator, activation);
    try {
      return runGuarded(activator, () => activate.call(this, activation));
    } catch (error) {
      // As if `activate` had thrown it: it is an async function.
      return Promise.reject(error);
    }
  };
  return runGuarded;
}

/** Fails the workflow task, as an error in an activation does: its history and signals are kept, and Temporal tries it again. */
function refuse(activator) {
  const { runId, workflowId } = activator.info;
  const error = new Error(
    `This workflow is quarantined: the worker died, or was stuck, twice in its code. Mend the bot and deploy it, or run: everthread dead retry ${workflowId}`,
  );
  error.stack = '';
  return { runId, failed: { failure: activator.errorToFailure(error) } };
}
