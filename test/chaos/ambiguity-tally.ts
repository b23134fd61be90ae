import type { SendsTable } from '../../src/store/db/tables.ts';
import type { SendRequest } from '../../src/workflows/contract/index.ts';

export type Guarantee = SendRequest['guarantee'];

/** What became of one send. */
export interface Fate {
  readonly guarantee: Guarantee;
  /** How often the person sees it. */
  readonly seen: number;
  /** In the ledger; missing when the ledger does not know of it. */
  readonly status?: SendsTable['status'];
}

/** Each send is in one of these. */
export interface Tally {
  /** Seen once, and the ledger says `sent`. */
  readonly once: number;
  /** Seen more than once. */
  readonly twice: number;
  /** Never seen, and the ledger says `sent` or nothing at all. */
  readonly lost: number;
  /** The ledger says `unknown`, and it was seen once. */
  readonly unknownSeen: number;
  /** The ledger says `unknown`, and it was not seen. */
  readonly unknownUnseen: number;
  /** Refused, failed or not settled; or seen though the ledger knows nothing of it. */
  readonly other: number;
}

export function tally(fates: readonly Fate[]): Tally {
  const kinds = fates.map(kindOf);
  const count = (kind: keyof Tally) => kinds.filter((one) => one === kind).length;
  return {
    once: count('once'),
    twice: count('twice'),
    lost: count('lost'),
    unknownSeen: count('unknownSeen'),
    unknownUnseen: count('unknownUnseen'),
    other: count('other'),
  };
}

/** With echoes nothing is said twice and what was seen is known. Without, a send ends as its guarantee says. */
export function isBroken(fate: Fate, echoes: boolean): boolean {
  const isAtMostOnce = fate.guarantee === 'at-most-once';
  switch (kindOf(fate)) {
    case 'once':
      return false;
    case 'twice':
      return echoes || isAtMostOnce || fate.status !== 'sent';
    case 'unknownSeen':
      return echoes || !isAtMostOnce;
    case 'unknownUnseen':
      return !isAtMostOnce;
    case 'lost':
    case 'other':
      return true;
  }
}

function kindOf({ seen, status }: Fate): keyof Tally {
  if (seen > 1) return 'twice';
  if (status === 'unknown') return seen === 1 ? 'unknownSeen' : 'unknownUnseen';
  if (status === 'sent') return seen === 1 ? 'once' : 'lost';
  return status === undefined && seen === 0 ? 'lost' : 'other';
}
