import type { Schemas } from '../../../src/client/index.ts';
import { formatSpan } from '../parts/times.ts';

/** Whom a broadcast is for, in a sentence. */
export function segmentWords({
  all,
  any,
  none,
  activeWithinMs,
  leftLead,
}: Schemas['BroadcastSummary']['segment']): string {
  const conditions = [
    all.length > 0 && `have the ${all.length === 1 ? 'tag' : 'tags'} ${all.join(' and ')}`,
    any.length > 0 && `have the tag ${any.join(' or ')}`,
    none.length > 0 && `do not have the tag ${none.join(' or ')}`,
    activeWithinMs !== null && `were active in the last ${formatSpan(activeWithinMs)}`,
    leftLead !== null && `filled in the form ${leftLead}`,
  ].filter((condition) => condition !== false);
  return conditions.length === 0 ? 'Everybody whom the bot has met.' : `People who ${conditions.join(', and ')}.`;
}
