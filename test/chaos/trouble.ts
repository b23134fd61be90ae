import type { Fault, Simulator } from '../../src/simulator/index.ts';

/**
 * Lets sends go wrong at Meta now and then, until it is stopped. Slow answers most of all: they widen the moment in
 * which a process dies between its call and the record of it.
 */
export function makeTrouble(simulator: Simulator, everyMs: number): () => void {
  const making = setInterval(() => simulator.fault(aFault(Math.random())), everyMs);
  return () => {
    clearInterval(making);
    simulator.clearFaults();
  };
}

function aFault(which: number): Fault {
  if (which < 0.6) return { kind: 'slow', ms: Math.round(100 + 1400 * which), times: 3 };
  if (which < 0.75) return { kind: 'cut_after' };
  if (which < 0.9) return { kind: 'error_after', code: 1, subcode: 1357046 };
  return { kind: 'error', code: 613, subcode: 2534040 };
}
