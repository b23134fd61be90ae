import { msToNumber } from '@temporalio/common/lib/time.js';

type Unit = 'ms' | 'second' | 'minute' | 'hour' | 'day' | 'week';
type Short = 'ms' | 's' | 'm' | 'h' | 'd' | 'w';

/**
 * `'20 hours'`, `'1 day'`, `'90m'`, or ms as a number. (Temporal's own type of this name is `any` for whoever compiles
 * with `nodenext`, because the types of its package `ms` are not found there.)
 */
export type Duration = number | `${number} ${Unit}` | `${number} ${Unit}s` | `${number}${Short}`;

/** In ms; throws for a text that names no duration. */
export function msOf(duration: Duration): number {
  return msToNumber(duration);
}
