/**
 * Entry of a workflow thread: the SDK's own entry, with two costs taken out of it. `index.ts` starts threads with this file.
 *
 * 1. The SDK builds a source-mapped stack trace for every promise of a workflow, for Temporal's "Call stack" tab alone.
 *    That is more than half of the thread's work (sdk-typescript#1587). Without it the tab says "not enabled".
 * 2. The SDK starts a watchdog thread for each call into the sandbox, about eight in a turn (nodejs/node#10453). One
 *    around the whole activation ends an endless loop just as well.
 *
 * It also sends what a bot prints with `console` to the log of the process, instead of to stdout.
 *
 * All of it reaches into the SDK. What is missing there after an upgrade stops the thread with a sentence, and so does its test.
 */

import { createRequire } from 'node:module';
import { format } from 'node:util';
import vm from 'node:vm';
import { workerData } from 'node:worker_threads';
import './realm.mjs';

// The SDK that started this thread: its files, not another copy's.
const { sdkEntry, hasStackTraces, outputPort } = workerData;
const sdkRequire = createRequire(sdkEntry);
const { BaseVMWorkflow, GlobalHandlers } = sdkRequire('./vm-shared');

if (!hasStackTraces) disableStackTraces();
watchActivations();
if (outputPort) sendConsole();
sdkRequire(sdkEntry);

/** The SDK calls the thread's `console` for a bot's, with the workflow in brackets as the first argument. */
function sendConsole() {
  for (const [method, level] of Object.entries({
    debug: 'debug',
    log: 'info',
    info: 'info',
    warn: 'warn',
    error: 'error',
  }))
    console[method] = (first, ...args) => {
      const workflow = /^\[(.*)\]$/s.exec(first)?.[1];
      outputPort.postMessage({ level, workflow, text: formatSafely(workflow === undefined ? [first, ...args] : args) });
    };
}

/** An object of the author's may throw when it is printed. */
function formatSafely(args) {
  try {
    return format(...args);
  } catch {
    return '(cannot be printed)';
  }
}

function disableStackTraces() {
  mustBeMethod(GlobalHandlers?.prototype, 'GlobalHandlers', 'setPromiseHook');
  // Not `v8.promiseHooks` itself: on Node 20 and 22 AsyncLocalStorage, and with it CancellationScope, lives on it.
  GlobalHandlers.prototype.setPromiseHook = () => {};
}

function watchActivations() {
  mustBeMethod(BaseVMWorkflow?.prototype, 'BaseVMWorkflow', 'activate');
  const { activate } = BaseVMWorkflow.prototype;
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

  // In Node everything up to the completion is synchronous: the activation is over when this returns its promise.
  BaseVMWorkflow.prototype.activate = function (activation) {
    if (timeout === undefined) return activate.call(this, activation);
    run = () => activate.call(this, activation);
    isWatched = true;
    try {
      return watched.runInThisContext({ timeout });
    } catch (error) {
      // As if `activate` had thrown it: it is an async function.
      return Promise.reject(error);
    } finally {
      isWatched = false;
    }
  };
}

function mustBeMethod(prototype, className, method) {
  if (typeof prototype?.[method] === 'function') return;
  throw new Error(
    `@temporalio/worker has no ${className}.${method} any more. Adapt src/temporal/workflow-thread/thread.mjs to this version of the SDK.`,
  );
}
