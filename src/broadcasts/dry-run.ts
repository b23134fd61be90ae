import { broadcastCauseId } from '../domain/cause.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { KnownBroadcast } from '../store/bot-facts.ts';
import type { BroadcastTally } from '../workflows/contract/index.ts';
import { candidates, leftOutReason, type AudienceDeps } from './audience.ts';

/** Whom a broadcast would reach now. */
export interface DryRun extends BroadcastTally {
  /** The first people of each reason, by conversation id; those with whom it would begin under `begun`. */
  readonly examples: Readonly<Record<string, readonly ConversationId[]>>;
  /** Set when the time was over before everybody was counted. */
  readonly isPartial?: true;
}

/** Enough to see what they have in common. */
const MAX_EXAMPLES = 20;

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
  const examples: Record<string, ConversationId[]> = {};
  let begun = 0;
  for await (const candidate of candidates(deps, { name, occasion, query, messageClass })) {
    if (performance.now() > giveUpAt) return { begun, leftOut, examples, isPartial: true };
    const reason = await leftOutReason(deps, { name }, candidate);
    const ofReason = (examples[reason ?? 'begun'] ??= []);
    if (ofReason.length < MAX_EXAMPLES) ofReason.push(candidate.conversation);
    if (reason === undefined) begun += 1;
    else leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  }
  return { begun, leftOut, examples };
}
