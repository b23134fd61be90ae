import type { Fault, Simulator } from '../../../src/simulator/index.ts';

/**
 * Makes a send fail at Meta every `everyMs`, until the returned function is called. Most faults are slow answers: they
 * make it likelier that a process dies between a call and the record of its outcome.
 */
export function injectFaults(simulator: Simulator, everyMs: number): () => void {
  const timer = setInterval(() => simulator.fault(randomFault(Math.random())), everyMs);
  return () => {
    clearInterval(timer);
    simulator.clearFaults();
  };
}

function randomFault(share: number): Fault {
  if (share < 0.6) return { kind: 'slow', ms: Math.round(100 + 1400 * share), times: 3 };
  if (share < 0.75) return { kind: 'cut_after' };
  if (share < 0.9) return { kind: 'error_after', code: 1, subcode: 1357046 };
  return { kind: 'error', code: 613, subcode: 2534040 };
}
