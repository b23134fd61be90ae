import type { FaultView } from '../views.ts';

/** Ways to break the next send, for the list on the page. */
export const FAULTS: readonly { readonly name: string; readonly fault: FaultView }[] = [
  { name: 'Cut after it was delivered', fault: { kind: 'cut_after' } },
  { name: 'Cut before it was taken', fault: { kind: 'cut_before' } },
  { name: 'Slow by 8 s', fault: { kind: 'slow', ms: 8000 } },
  { name: '2: temporary failure', fault: { kind: 'error', code: 2 } },
  { name: '1/1357046: error, though delivered', fault: { kind: 'error_after', code: 1, subcode: 1357046 } },
  { name: '613/2534040: rate limit', fault: { kind: 'error', code: 613, subcode: 2534040 } },
  { name: '190/463: token expired', fault: { kind: 'error', code: 190, subcode: 463 } },
  { name: '10/1893063: Page restricted', fault: { kind: 'error', code: 10, subcode: 1893063 } },
  { name: '551: person not available', fault: { kind: 'error', code: 551 } },
];

/** What a fault did to a send, by its kind. */
export const FAULT_EFFECTS: Readonly<Record<string, string>> = {
  error: 'refused',
  error_after: 'delivered, yet answered with an error',
  slow: 'taken late',
  cut_before: 'the connection was cut before Meta took it',
  cut_after: 'delivered, then the connection was cut before the answer',
};

/** `613/2534040`, `3 × cut after`. */
export function faultName(fault: FaultView): string {
  const { kind, times = 1 } = fault;
  const name = 'code' in fault ? [fault.code, fault.subcode].filter(Boolean).join('/') : kind.replace('_', ' ');
  return times > 1 ? `${times} × ${name}` : name;
}
