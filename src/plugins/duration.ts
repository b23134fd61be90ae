import { msToNumber } from '@temporalio/common/lib/time.js';

type Unit = 'ms' | 'second' | 'minute' | 'hour' | 'day' | 'week';
type ShortUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w';

/**
 * A length of time: `'20 hours'`, `'1 day'`, `'90m'`, or ms as a number. (Temporal's type of this name is `any` under
 * `nodenext`, where the types of its package `ms` are not found.)
 */
export type Duration = number | `${number} ${Unit}` | `${number} ${Unit}s` | `${number}${ShortUnit}`;

/** The duration in ms; throws for a text that is none. */
export function msOf(duration: Duration): number {
  return msToNumber(duration);
}
