/** One watchdog around each whole activation: it ends an endless loop as well as one for each call into the sandbox. */

import vm from 'node:vm';
import { mustHave } from './must-have.mjs';

/** Returns a function that runs another one as an activation is run. */
export function watchActivations(sdk) {
  mustHave(sdk.BaseVMWorkflow?.prototype, 'activate');
  const { activate } = sdk.BaseVMWorkflow.prototype;
  // oxlint-disable-next-line typescript/unbound-method -- called with the script as `this` below
  const { runInContext } = vm.Script.prototype;
  /** The SDK's `isolateExecutionTimeoutMs`, as its calls outside of activations name it. */
  let timeout;
  let isWatched = false;
  let run;
  globalThis.__everthreadActivate = () => run();
  const watched = new vm.Script('__everthreadActivate()');

  vm.Script.prototype.runInContext = function (context, options) {
    if (options?.timeout === undefined) return runInContext.call(this, context, options);
    if (isWatched) return runInContext.call(this, context, { ...options, timeout: undefined });
    timeout = options.timeout;
    return runInContext.call(this, context, options);
  };

  function runWatched(_activator, work) {
    if (timeout === undefined) return work();
    run = work;
    isWatched = true;
    try {
      return watched.runInThisContext({ timeout });
    } finally {
      isWatched = false;
    }
  }

  // In Node everything up to the completion is synchronous: the activation is over when this returns its promise.
  sdk.BaseVMWorkflow.prototype.activate = function (activation) {
    try {
      return runWatched(this.activator, () => activate.call(this, activation));
    } catch (error) {
      // As if `activate` had thrown it: it is an async function.
      return Promise.reject(error);
    }
  };
  return runWatched;
}
