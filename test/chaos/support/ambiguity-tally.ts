import type { SendsTable } from '../../../src/store/db/tables.ts';
import type { SendRequest } from '../../../src/workflows/contract/index.ts';

/** How a send whose outcome is unconfirmed is retried. */
export type Guarantee = SendRequest['guarantee'];

/** The outcome of one send, seen by the person and by the ledger. */
export interface SendFate {
  readonly guarantee: Guarantee;
  /** How often it appears in the person's thread. */
  readonly seen: number;
  /** Its status in the ledger; missing when the ledger has no record. */
  readonly status?: SendsTable['status'];
}

/** Number of sends by outcome; each send counts once. */
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
  /** Refused, failed or without outcome; or seen although the ledger has no record. */
  readonly other: number;
}

/** Counts the sends by outcome. */
export function tally(fates: readonly SendFate[]): Tally {
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

/**
 * True when a send breaks its guarantee. With echoes no message appears twice, and every delivered one is confirmed.
 * Without, an at-least-once send may appear twice, and the outcome of an at-most-once send may stay unknown.
 */
export function isBroken(fate: SendFate, echoes: boolean): boolean {
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

function kindOf({ seen, status }: SendFate): keyof Tally {
  if (seen > 1) return 'twice';
  if (status === 'unknown') return seen === 1 ? 'unknownSeen' : 'unknownUnseen';
  if (status === 'sent') return seen === 1 ? 'once' : 'lost';
  return status === undefined && seen === 0 ? 'lost' : 'other';
}
