/** What the operator API asks of running conversations. Everything that an operator does to one goes through here. */

import { startOrUpdateConversation, type ConversationDeps, type ConversationUpdate } from '../../conversations.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { TagChange } from '../../domain/tags.ts';
import {
  cancelScheduledUpdate,
  conversationViewQuery,
  emitTopicUpdate,
  giveBackUpdate,
  operatorMessageUpdate,
  scheduleMessageUpdate,
  sequenceId,
  startSequenceUpdate,
  stopSequenceSignal,
  tagsChangedSignal,
  takeOverUpdate,
  waitsForQuery,
  type CancelScheduledRequest,
  type CancelScheduledResult,
  type ConversationView,
  type EmitTopicRequest,
  type EmitTopicResult,
  type GiveBackRequest,
  type GiveBackResult,
  type OperatorMessageRequest,
  type OperatorMessageResult,
  type ScheduleMessageRequest,
  type ScheduleMessageResult,
  type SequenceWait,
  type StartSequenceRequest,
  type StartSequenceResult,
  type TakeOverRequest,
  type TakeOverResult,
} from '../../workflows/contract/index.ts';
import { createAskTemporal } from './ask-temporal.ts';
import { Problem } from './problem.ts';

/** Messages to conversation workflows; one that has closed opens for an update. @throws `Problem` with `temporal_unavailable`. */
export interface ConversationWorkflows {
  /** Tells an open conversation which tags were changed in the store; a closed one reads them when it opens. */
  tagsChanged(conversation: ConversationId, change: TagChange): Promise<void>;
  takeOver(conversation: ConversationId, request: TakeOverRequest): Promise<TakeOverResult>;
  giveBack(conversation: ConversationId, request: GiveBackRequest): Promise<GiveBackResult>;
  sendMessage(conversation: ConversationId, request: OperatorMessageRequest): Promise<OperatorMessageResult>;
  scheduleMessage(conversation: ConversationId, request: ScheduleMessageRequest): Promise<ScheduleMessageResult>;
  cancelScheduled(conversation: ConversationId, request: CancelScheduledRequest): Promise<CancelScheduledResult>;
  startSequence(conversation: ConversationId, request: StartSequenceRequest): Promise<StartSequenceResult>;
  emitTopic(conversation: ConversationId, request: EmitTopicRequest): Promise<EmitTopicResult>;
  /** Resolves to `false` if no such sequence is running. */
  stopSequence(conversation: ConversationId, name: string, reason: string): Promise<boolean>;
  /** What the conversation knows about itself; `undefined` while it is closed. `until`: when to give up, epoch ms. */
  view(conversation: ConversationId, until?: number): Promise<ConversationView | undefined>;
  /** What a running sequence waits for, which is nothing while it works; `undefined` if it is not running. */
  findSequence(
    conversation: ConversationId,
    name: string,
    until?: number,
  ): Promise<{ readonly wait?: SequenceWait } | undefined>;
}

/** An update waits up to 10 seconds for the outcome of what it asks for, and some more for a worker. */
const UPDATE_DEADLINE_MS = 15_000;

/** Messages by Temporal's client. */
export function createConversationWorkflows(deps: ConversationDeps): ConversationWorkflows {
  const { client } = deps;
  const { workflow } = client;
  const ask = createAskTemporal(client);

  async function update<Result, Request>(request: ConversationUpdate<Result, Request>): Promise<Result> {
    const result = await ask(() => startOrUpdateConversation(deps, request), Date.now() + UPDATE_DEADLINE_MS);
    if (result === undefined) throw new Problem('temporal_unavailable', { retryAfterS: 1 });
    return result;
  }

  return {
    tagsChanged: async (conversation, change) => {
      await ask(() => workflow.getHandle(conversation).signal(tagsChangedSignal, change));
    },
    takeOver: (conversation, request) => update({ conversation, update: takeOverUpdate, request }),
    giveBack: (conversation, request) => update({ conversation, update: giveBackUpdate, request }),
    sendMessage: (conversation, request) => update({ conversation, update: operatorMessageUpdate, request }),
    scheduleMessage: (conversation, request) => update({ conversation, update: scheduleMessageUpdate, request }),
    cancelScheduled: (conversation, request) => update({ conversation, update: cancelScheduledUpdate, request }),
    startSequence: (conversation, request) => update({ conversation, update: startSequenceUpdate, request }),
    emitTopic: (conversation, request) => update({ conversation, update: emitTopicUpdate, request }),
    stopSequence: async (conversation, name, reason) => {
      const handle = workflow.getHandle(sequenceId(name, conversation));
      const stopped = await ask(async () => {
        await handle.signal(stopSequenceSignal, reason);
        return true;
      });
      return stopped ?? false;
    },
    view: (conversation, until) => askRunning(conversation, (handle) => handle.query(conversationViewQuery), until),
    findSequence: (conversation, name, until) =>
      askRunning(
        sequenceId(name, conversation),
        async (handle) => {
          const wait = await handle.query(waitsForQuery);
          // The query's answer is JSON: nothing is null there.
          return wait ? { wait } : {};
        },
        until,
      ),
  };

  /** A run that has ended answers queries from its history: what it says is over. */
  async function askRunning<T>(
    workflowId: string,
    query: (handle: ReturnType<typeof workflow.getHandle>) => Promise<T>,
    until?: number,
  ): Promise<T | undefined> {
    const handle = workflow.getHandle(workflowId);
    const isRunning = await ask(async () => (await handle.describe()).status.name === 'RUNNING', until);
    return isRunning ? ask(() => query(handle), until) : undefined;
  }
}
