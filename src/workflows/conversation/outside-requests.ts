/**
 * What operators and other systems ask of a conversation. Whether operators may is decided when they ask, by who answers once
 * all that waits in the queue is done; the turn carries it out. A key names a request, so that the same one twice is carried
 * out once.
 */

import { allHandlersFinished, condition, currentUpdateInfo } from '@temporalio/workflow';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { operatorSendId } from '../../domain/send-id.ts';
import type {
  CancelScheduledRequest,
  CancelScheduledResult,
  EmitTopicRequest,
  EmitTopicResult,
  GiveBackRequest,
  GiveBackResult,
  HeldByOther,
  OperatorMessageRequest,
  OperatorMessageResult,
  ScheduleMessageRequest,
  ScheduleMessageResult,
  StartSequenceRequest,
  StartSequenceResult,
  TakeOverRequest,
  TakeOverResult,
} from '../contract/index.ts';
import type { ConversationState, HumanState, Incoming, OutsideRequest } from './conversation-state.ts';

/** Requests that are remembered; an older one that is repeated is recognised by the ledger. */
const MAX_REMEMBERED_REQUESTS = 50;
/**
 * How long an update waits for the outcome of its request, after a first try of its send, which takes up to 6 seconds. Temporal
 * lets ten updates of a run wait at a time.
 */
const MAX_RESULT_WAIT_MS = 4000;

/** What the requests of one run of a conversation read and change. */
export interface OutsideRequestParts {
  readonly conversation: ConversationId;
  /** `undefined` until the conversation has been read from the store. */
  readonly state: () => ConversationState | undefined;
  readonly queue: readonly Incoming[];
  readonly now: () => number;
  readonly push: (incoming: Incoming) => void;
}

/** Answers the updates. */
export interface OutsideRequests {
  takeOver(request: TakeOverRequest): Promise<TakeOverResult>;
  giveBack(request: GiveBackRequest | undefined): Promise<GiveBackResult>;
  sendMessage(request: OperatorMessageRequest): Promise<OperatorMessageResult>;
  scheduleMessage(request: ScheduleMessageRequest): Promise<ScheduleMessageResult>;
  cancelScheduled(request: CancelScheduledRequest): Promise<CancelScheduledResult>;
  startSequence(request: StartSequenceRequest): Promise<StartSequenceResult>;
  emitTopic(request: EmitTopicRequest): Promise<EmitTopicResult>;
  /**
   * Resolves when all updates are answered, or one asked for something new. Those whose requests go into the next run with
   * the queue do not wait for their outcome.
   */
  finishUpdates(): Promise<void>;
}

/** Creates the answers to the updates. */
export function createOutsideRequests(parts: OutsideRequestParts): OutsideRequests {
  const { conversation, queue, now, push } = parts;
  let isEnding = false;

  /** Who has the conversation in the way of this operator. */
  function heldByOther(
    state: ConversationState,
    { operator, force }: Pick<GiveBackRequest, 'operator' | 'force'>,
  ): HeldByOther | undefined {
    const holder = holderAfter(state.human, queue, now());
    if (!operator || force === true || holder?.operator === undefined || holder.operator === operator.name) return;
    const { since } = holder;
    return { status: 'held', operator: holder.operator, ...(since !== undefined && { since }) };
  }

  async function loadedState(): Promise<ConversationState> {
    if (!parts.state()) await condition(() => parts.state() !== undefined);
    return parts.state() as ConversationState;
  }

  /** The result of a request that waits for its turn; `undefined` if it takes too long. */
  async function awaitResult(state: ConversationState, key: string): Promise<OutsideRequest['result']> {
    const result = () => findRequest(state, key)?.result;
    const isOver = () => isEnding || result() !== undefined;
    if (!isOver()) await condition(isOver, MAX_RESULT_WAIT_MS, { summary: 'waits for the outcome of a request' });
    return result();
  }

  /** Puts a request into the queue, unless it came before, and waits for its result. */
  function ask(state: ConversationState, key: string, incoming: Incoming): Promise<OutsideRequest['result']> {
    if (!findRequest(state, key)) {
      remember(state, { key });
      push(incoming);
    }
    return awaitResult(state, key);
  }

  return {
    async takeOver(takeOver) {
      // Before the first await: a take-over cancels what the bot is about to send.
      const state = parts.state() ?? (await loadedState());
      const held = heldByOther(state, takeOver);
      if (held) return held;
      const { operator } = takeOver;
      const hasIt = operator && holderAfter(state.human, queue, now())?.operator === operator.name;
      if (!hasIt) push({ type: 'take-over', takeOver, at: now(), ...updateId() });
      return { status: 'taken' };
    },

    async giveBack(giveBack) {
      const state = parts.state() ?? (await loadedState());
      const held = heldByOther(state, giveBack ?? {});
      if (held) return held;
      push({ type: 'give-back', at: now(), ...updateId(), ...(giveBack && { giveBack }) });
      return { status: 'given_back' };
    },

    async sendMessage(request) {
      const { key } = request;
      const state = parts.state() ?? (await loadedState());
      const held = findRequest(state, key) ? undefined : heldByOther(state, request);
      if (held) return held;
      const result = await ask(state, key, { type: 'operator-message', request, at: now() });
      return (
        (result as OperatorMessageResult | undefined) ?? {
          status: 'pending',
          sendId: operatorSendId(conversation, key),
        }
      );
    },

    async scheduleMessage(request) {
      const state = parts.state() ?? (await loadedState());
      const { status } = (await ask(state, request.key, { type: 'schedule-message', request })) ?? {
        status: 'pending',
      };
      // One that has gone out meanwhile has another status.
      return { status: status === 'full' || status === 'pending' ? status : 'scheduled' };
    },

    async cancelScheduled(request) {
      const state = parts.state() ?? (await loadedState());
      const result = await ask(state, request.key, { type: 'cancel-scheduled', request });
      return (result as CancelScheduledResult | undefined) ?? { status: 'pending' };
    },

    async startSequence(request) {
      const state = parts.state() ?? (await loadedState());
      const result = await ask(state, request.key, { type: 'start-sequence', request });
      return (result as StartSequenceResult | undefined) ?? { status: 'pending' };
    },

    async emitTopic(request) {
      const { key } = request;
      const state = parts.state() ?? (await loadedState());
      const { result: before } = findRequest(state, key) ?? {};
      // One that was refused is checked anew: the bot may have changed.
      if (before && before.status !== 'emitted') forget(state, key);
      const result = await ask(state, key, { type: 'topic', request });
      return (result as EmitTopicResult | undefined) ?? { status: 'pending' };
    },

    async finishUpdates() {
      isEnding = queue.length > 0;
      const hasNews = () => !isEnding && queue.length > 0;
      await condition(() => allHandlersFinished() || hasNews());
      isEnding = false;
    },
  };
}

/** The id of the update being handled: it is the same when the run is reset and the update is applied again. */
function updateId(): { readonly updateId?: string } {
  const { id } = currentUpdateInfo() ?? {};
  return id === undefined ? {} : { updateId: id };
}

/** Records what became of a request. */
export function settleRequest(
  state: ConversationState,
  key: string,
  result: NonNullable<OutsideRequest['result']>,
): void {
  if (!findRequest(state, key)) remember(state, { key });
  state.requests = (state.requests ?? []).map((request) => (request.key === key ? { key, result } : request));
}

function findRequest({ requests = [] }: ConversationState, key: string): OutsideRequest | undefined {
  return requests.find((request) => request.key === key);
}

function remember(state: ConversationState, request: OutsideRequest): void {
  state.requests = [...(state.requests ?? []), request].slice(-MAX_REMEMBERED_REQUESTS);
}

function forget(state: ConversationState, key: string): void {
  state.requests = (state.requests ?? []).filter((request) => request.key !== key);
}

type Holder = Pick<HumanState, 'operator' | 'since'>;

/** Who has the conversation once everything in the queue is done. Events name no operator, so they do not matter here. */
function holderAfter(human: HumanState | undefined, queue: readonly Incoming[], now: number): Holder | undefined {
  let holder: Holder | undefined = human?.until !== undefined && human.until <= now ? undefined : human;
  for (const incoming of queue) {
    if (incoming.type === 'give-back') holder = undefined;
    if (incoming.type === 'take-over') holder = toHolder(incoming.takeOver.operator?.name, incoming.at);
    if (incoming.type === 'operator-message' && holder?.operator !== incoming.request.operator.name) {
      holder = toHolder(incoming.request.operator.name, incoming.at);
    }
  }
  return holder;
}

function toHolder(operator: string | undefined, since: number): Holder {
  return { since, ...(operator !== undefined && { operator }) };
}
