/**
 * Ways to break the next send, for the list on the page.
 * @type {readonly { readonly name: string, readonly fault: import('../rules/faults.ts').Fault }[]}
 */
export const FAULTS = [
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
