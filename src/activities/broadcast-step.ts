import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { candidates, leftOutReason, type AudienceDeps } from '../broadcasts/audience.ts';
import { startOrSignalConversation } from '../conversations.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import { beginBroadcastSignal, type EverthreadActivities } from '../workflows/contract/index.ts';

/** What a broadcast step needs: also the client that signals the conversations. */
export interface BroadcastStepDeps extends AudienceDeps {
  readonly client: Client;
}

/** A step ends after this long, well before its activity times out. */
const STEP_MS = 5000;

/** The activity `broadcastStep`: begins a broadcast with one person after the other, at its rate, for some seconds. */
export function createBroadcastStep(deps: BroadcastStepDeps): EverthreadActivities['broadcastStep'] {
  return async (request) => {
    const { name, perSecond } = request;
    const startedAt = performance.now();
    let nextAt = startedAt;
    const untilNext = () => delay(nextAt - performance.now());
    const leftOut: Record<string, number> = {};
    let begun = 0;
    for await (const candidate of candidates(deps, request)) {
      const reason = await leftOutReason(deps, request, candidate);
      if (reason !== undefined) leftOut[reason] = (leftOut[reason] ?? 0) + 1;
      else {
        await untilNext();
        nextAt += 1000 / perSecond;
        await begin(deps, candidate.conversation, name, candidate.occasion);
        begun += 1;
      }
      if (performance.now() - startedAt < STEP_MS) continue;
      // The next step does not know when it may begin, and begins at once.
      await untilNext();
      return { tally: { begun, leftOut }, after: candidate.conversation, isDone: false };
    }
    // Names nobody: the result outlives an erasure of the last person.
    return { tally: { begun, leftOut }, isDone: true };
  };
}

/** Opens the conversation if it is closed, because it knows who else answers, and receives the replies. */
async function begin(
  { client, clock }: BroadcastStepDeps,
  conversation: ConversationId,
  name: string,
  occasion: string,
): Promise<void> {
  await startOrSignalConversation(
    { client, clock },
    { conversation, signal: beginBroadcastSignal, payload: { name, occasion } },
  );
}
