import { msToNumber } from '@temporalio/common/lib/time.js';

type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week';
type ShortUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w';

/**
 * A length of time: `'20 hours'`, `'1 day'`, `'90m'`, or ms as a number. (Narrower than Temporal's type of this name, which
 * allows several spellings of each unit.)
 */
export type Duration = number | `${number} ms` | `${number} ${Unit}` | `${number} ${Unit}s` | `${number}${ShortUnit}`;

/** The duration in ms; throws for a text that is none. */
export function msOf(duration: Duration): number {
  return msToNumber(duration);
}
