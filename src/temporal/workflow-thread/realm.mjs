/**
 * Keeps what a bot finds in its sandbox from leading out of it by accident. `thread.mjs` imports it first. It is no border
 * against a bot that wants out.
 */

import vm from 'node:vm';

const { createContext } = vm;
/** What the SDK asks of the `Function` of a promise's realm (`vm-shared.js`); a promise of this thread has no workflow. */
const SDK_CODE = 'return globalThis.__TEMPORAL_ACTIVATOR__';

/** No code from strings in the sandbox; `src/realm/code-from-strings.ts` names the cure. */
vm.createContext = (context, options) =>
  createContext(context, { ...options, codeGeneration: { strings: false, wasm: false } });

function forbidden(code) {
  if (code === SDK_CODE) return () => undefined;
  throw new EvalError('A bot cannot run code from a string.');
}

// `URL`, `console` and other objects of Node in the sandbox are of this realm: `URL.constructor('return process')`.
for (const of of [function () {}, async function () {}, function* () {}, async function* () {}]) {
  Object.defineProperty(Object.getPrototypeOf(of), 'constructor', {
    value: forbidden,
    writable: false,
    configurable: false,
  });
}

// Its timer would not be Temporal's.
AbortSignal.timeout = () => {
  throw new Error('AbortSignal.timeout cannot be called by a bot.');
};

for (const shared of [
  URL,
  URLSearchParams,
  TextEncoder,
  TextDecoder,
  AbortController,
  AbortSignal,
  EventTarget,
  Event,
]) {
  Object.freeze(shared.prototype);
  Object.freeze(shared);
}
