/** Some seconds' worth of a broadcast: each conversation is told to begin, at the broadcast's rate. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import {
  beginBroadcastSignal,
  CONVERSATION_TYPE,
  TASK_QUEUE,
  type ConversationInput,
  type EverthreadActivities,
} from '../workflows/contract/index.ts';
import { candidates, hadItAlready, type AudienceDeps } from './audience.ts';

export interface BroadcastStepDeps extends AudienceDeps {
  readonly client: Client;
}

/** A step ends after this long, well before the engine gives it to somebody else. */
const STEP_MS = 5000;

export function createBroadcastStep(deps: BroadcastStepDeps): EverthreadActivities['broadcastStep'] {
  return async (request) => {
    const { name, occasion, perSecond } = request;
    const startedAt = performance.now();
    let nextAt = startedAt;
    const untilNext = () => delay(nextAt - performance.now());
    const leftOut: Record<string, number> = {};
    let { after } = request;
    let begun = 0;
    const soFar = () => ({ tally: { begun, leftOut }, ...(after !== undefined && { after }) });
    const leaveOut = (reason: string) => {
      leftOut[reason] = (leftOut[reason] ?? 0) + 1;
    };
    for await (const { conversation, outlook } of candidates(deps, request)) {
      if (outlook !== 'may') leaveOut(outlook);
      else if (await hadItAlready(deps, request, conversation)) leaveOut('had_it_already');
      else {
        await untilNext();
        nextAt += 1000 / perSecond;
        await begin(deps, conversation, name, occasion);
        begun += 1;
      }
      after = conversation;
      if (performance.now() - startedAt < STEP_MS) continue;
      // The next step begins with somebody at once.
      await untilNext();
      return { ...soFar(), isDone: false };
    }
    return { ...soFar(), isDone: true };
  };
}

/** The conversation opens for it if it was closed: it knows who else answers, and hears the replies. */
async function begin(
  { client, clock }: BroadcastStepDeps,
  conversation: ConversationId,
  name: string,
  occasion: string,
): Promise<void> {
  const clockAheadMs = clock.now(conversation) - Date.now();
  const input: ConversationInput = { conversation, ...(clockAheadMs > 1000 && { clockAheadMs }) };
  await client.workflow.signalWithStart(CONVERSATION_TYPE, {
    workflowId: conversation,
    taskQueue: TASK_QUEUE,
    args: [input],
    signal: beginBroadcastSignal,
    signalArgs: [{ name, occasion }],
    staticSummary: `A talk with Page ${conversationParts(conversation)?.pageId ?? ''}`,
  });
}
