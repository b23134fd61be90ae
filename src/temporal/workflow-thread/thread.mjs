/**
 * Entry of a workflow thread: the SDK's own entry, with some of it replaced. `index.ts` starts threads with this file.
 *
 * 1. The SDK builds a source-mapped stack trace for every promise of a workflow, for Temporal's "Call stack" tab alone.
 *    That is more than half of the thread's work (sdk-typescript#1587). Without it the tab says "not enabled".
 * 2. The SDK starts a watchdog thread for each call into the sandbox, about eight in a turn (nodejs/node#10453). Here it is
 *    one for an activation, or none, and a workflow that killed the process before is not run again: `activations.mjs`.
 * 3. A promise that fails, and that nobody awaits, stops its workflow: `floating-promises.mjs`.
 * 4. What a bot prints with `console` goes to the log of the process: `console.mjs`.
 *
 * They reach into the SDK. What is missing there after an upgrade stops the thread with a sentence, and so does its test.
 */

import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';
import './realm.mjs';
import { guardActivations } from './activations.mjs';
import { sendConsole } from './console.mjs';
import { logFloatingPromises } from './floating-promises.mjs';
import { createMark } from './marks.mjs';
import { mustHave } from './must-have.mjs';
import { followQuarantine } from './quarantined-ids.mjs';

// The SDK that started this thread: its files, not another copy's.
const { sdkEntry, hasStackTraces, hasTimeout, memory, markFile, port, quarantined, outputPort } = workerData;
const sdkRequire = createRequire(sdkEntry);
const sdk = sdkRequire('./vm-shared');

if (!hasStackTraces) disableStackTraces();
if (outputPort) sendConsole(outputPort);
const runGuarded = guardActivations(sdk, {
  hasTimeout,
  mark: createMark(memory, markFile),
  isQuarantined: followQuarantine(port, quarantined),
  timedOut: (activation) => port.postMessage(activation),
});
logFloatingPromises(sdk, runGuarded);
sdkRequire(sdkEntry);

function disableStackTraces() {
  mustHave(sdk.GlobalHandlers?.prototype, 'setPromiseHook');
  // Not `v8.promiseHooks` itself: on Node 20 and 22 AsyncLocalStorage, and with it CancellationScope, lives on it.
  sdk.GlobalHandlers.prototype.setPromiseHook = () => {};
}
