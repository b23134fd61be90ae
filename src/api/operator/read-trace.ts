/** Gathers what is known of one message: from the store, and from its conversation what the plugins answered. */

import { eventCause, inboxIdOf } from '../../domain/cause.ts';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import { conversationOfSend, type SendId } from '../../domain/send-id.ts';
import type { TurnRecord } from '../../domain/turn-record.ts';
import type { TracedEvent, TracedSend } from '../../store/traces/index.ts';
import { readTurns } from './conversation-now.ts';
import type { OperatorDeps } from './operator-deps.ts';
import type { TraceView } from './schemas/trace.ts';
import { sendSteps } from './views/trace-sends.ts';
import { causeStep, eventSteps, operatorStep, toEventView, turnSteps } from './views/trace.ts';

type TraceDeps = Pick<OperatorDeps, 'store' | 'workflows'>;

/** What an id names. */
export type Traced =
  | { readonly kind: 'event'; readonly pageId: string; readonly event: TracedEvent }
  | { readonly kind: 'send'; readonly pageId: string; readonly send: TracedSend };

/** Finds what an id names: an event's, a send's, or Meta's of a message. */
export async function findTraced({ traces }: OperatorDeps['store'], id: string): Promise<Traced | undefined> {
  const inboxId = inboxIdOf(id);
  if (inboxId !== undefined) return toTracedEvent(await traces.findEvent(inboxId));
  if (conversationParts(conversationOfSend(id as SendId))) return toTracedSend(await traces.findSend(id as SendId));
  // An echo of our own message is a step of its send.
  const event = await traces.findEventOfMessage(id);
  if (event && event.kind !== 'echo') return toTracedEvent(event);
  return toTracedSend(await traces.findSendOfMessage(id)) ?? toTracedEvent(event);
}

function toTracedEvent(event: TracedEvent | undefined): Traced | undefined {
  return event && { kind: 'event', pageId: event.pageId, event };
}

function toTracedSend(send: TracedSend | undefined): Traced | undefined {
  return send && { kind: 'send', pageId: conversationParts(send.conversation)?.pageId ?? '', send };
}

/** Everything that is known of it. */
export async function readTrace(deps: TraceDeps, id: string, traced: Traced): Promise<TraceView> {
  return traced.kind === 'event' ? readEvent(deps, id, traced.event) : readSend(deps, id, traced.send);
}

async function readEvent(deps: TraceDeps, id: string, event: TracedEvent): Promise<TraceView> {
  const { conversation, inboxId } = event;
  const view = { id, conversation: conversation ?? null, event: toEventView(event) };
  if (conversation === undefined || event.status !== 'dispatched')
    return { ...view, steps: [...eventSteps(event)], missing: [] };
  const { turn, missing } = await findTurn(deps, conversation, inboxId);
  // A burst of messages is one turn, which is named after the first.
  const { id: causeId } = eventCause(turn?.events[0] ?? inboxId);
  const sends = await deps.store.traces.sendsOf(conversation, causeId, event.at);
  return {
    ...view,
    steps: [...eventSteps(event), ...turnStepsOf(turn), ...(await stepsOfSends(deps, conversation, sends))],
    missing: [...missing],
  };
}

async function readSend(deps: TraceDeps, id: string, send: TracedSend): Promise<TraceView> {
  const { conversation, sendId } = send;
  const [, causeId = ''] = sendId.split('/');
  const inboxId = inboxIdOf(causeId);
  const event = inboxId === undefined ? undefined : await deps.store.traces.findEvent(inboxId);
  const { turn, missing } = event ? await findTurn(deps, conversation, event.inboxId) : NO_TURN;
  const requests = causeId.startsWith('o')
    ? await deps.store.operatorLog.ofRequest(conversation, causeId.slice(1))
    : [];
  const before = event
    ? [...eventSteps(event), ...turnStepsOf(turn)]
    : requests.length > 0
      ? requests.map(operatorStep)
      : [causeStep(causeId)];
  return {
    id,
    conversation,
    event: event ? toEventView(event) : null,
    steps: [...before, ...(await stepsOfSends(deps, conversation, [send]))],
    missing: [...missing],
  };
}

const NO_TURN: FoundTurn = { missing: [] };

interface FoundTurn {
  readonly turn?: TurnRecord;
  readonly missing: readonly string[];
}

/** The turn of an event, as its conversation remembers it. */
async function findTurn(deps: TraceDeps, conversation: ConversationId, inboxId: number): Promise<FoundTurn> {
  const last = await readTurns(deps, conversation);
  if (!last.turns) return { missing: [`What the plugins answered. ${last.unknown}`] };
  const turn = last.turns.find(({ events }) => events.includes(inboxId));
  return turn ? { turn, missing: [] } : { missing: [FORGOTTEN] };
}

const FORGOTTEN =
  'What the plugins answered. A conversation remembers its last 20 turns, for 7 days at most; if this event is newer, its turn has not begun.';

function turnStepsOf(turn: TurnRecord | undefined) {
  return turn ? turnSteps(turn) : [];
}

async function stepsOfSends({ store }: TraceDeps, conversation: ConversationId, sends: readonly TracedSend[]) {
  return sendSteps(sends, (await store.contacts.find(conversation)) ?? {});
}
