const CURE =
  'A bot cannot run code from a string: the step budget and the patterns of such code would not be bounded. Write it in a file.';

/** What libraries and the SDK ask of `Function` only to find the realm's global object. */
const KNOWN_CODE: Readonly<Record<string, () => unknown>> = {
  'return this': () => globalThis,
  // The SDK finds the workflow of a promise in this way (`@temporalio/worker/lib/workflow/vm-shared.js`).
  'return globalThis.__TEMPORAL_ACTIVATOR__': () =>
    (globalThis as { __TEMPORAL_ACTIVATOR__?: unknown }).__TEMPORAL_ACTIVATOR__,
  'return globalThis.Error': () => globalThis.Error,
};

/** Takes `eval`, `Function` and its kin away. `Function` stays for `instanceof`. */
export function forbidCodeFromStrings(): void {
  const { prototype } = Function;
  const code = function Function(...parts: unknown[]): () => unknown {
    const [text] = parts;
    if (parts.length === 1 && typeof text === 'string' && Object.hasOwn(KNOWN_CODE, text)) {
      const known = KNOWN_CODE[text];
      if (known) return known;
    }
    throw new EvalError(CURE);
  };
  Object.defineProperty(code, 'prototype', { value: prototype, writable: false });
  Object.defineProperty(prototype, 'constructor', { value: code });
  for (const kin of [async function () {}, function* () {}, async function* () {}]) {
    const ofKin = Object.getPrototypeOf(kin) as object;
    // Compiled for an older JavaScript, it is a plain function.
    if (ofKin !== prototype) Object.defineProperty(ofKin, 'constructor', { value: forbidden, configurable: false });
  }
  for (const [name, value] of Object.entries({ Function: code, eval: forbidden })) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

function forbidden(): never {
  throw new EvalError(CURE);
}
