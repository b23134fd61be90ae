import { broadcastCauseId } from '../domain/cause.ts';
import type { KnownBroadcast } from '../store/bot-facts.ts';
import type { BroadcastTally } from '../workflows/contract/index.ts';
import { candidates, leftOutReason, type AudienceDeps } from './audience.ts';

/** Whom a broadcast would reach now. */
export interface DryRun extends BroadcastTally {
  /** Set when the time was over before everybody was counted. */
  readonly isPartial?: true;
}

/** An edition of a broadcast, and how long to count. */
export interface DryRunRequest {
  /** Each person gets an edition once. */
  readonly edition: string;
  /** Default: to the end. */
  readonly withinMs?: number;
}

/** Counts the people of the segment with the same policy as the broadcast. Nothing is sent or written. */
export async function dryRun(
  deps: AudienceDeps,
  { name, query, messageClass }: KnownBroadcast,
  { edition, withinMs = Infinity }: DryRunRequest,
): Promise<DryRun> {
  const occasion = broadcastCauseId(name, edition);
  const giveUpAt = performance.now() + withinMs;
  const leftOut: Record<string, number> = {};
  let begun = 0;
  for await (const candidate of candidates(deps, { name, occasion, query, messageClass })) {
    if (performance.now() > giveUpAt) return { begun, leftOut, isPartial: true };
    const reason = await leftOutReason(deps, { name }, candidate);
    if (reason === undefined) begun += 1;
    else leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  }
  return { begun, leftOut };
}
