/**
 * One person's talk with one Page. Signals only push; one loop works, in order; what it remembers is one JSON value
 * (`conversation-state.ts`). It continues as new when it has been quiet, and closes when nothing can happen any more.
 */

import {
  allHandlersFinished,
  continueAsNew,
  currentUpdateInfo,
  makeContinueAsNewFunc,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { windowClosesAt } from '../../policy/messaging-window.ts';
import {
  beginBroadcastSignal,
  giveBackUpdate,
  inboundEventsSignal,
  nextDueQuery,
  openSequencesQuery,
  sequenceEndedSignal,
  tagsChangedSignal,
  takeOverUpdate,
  type ConversationInput,
  type EverthreadActivities,
} from '../contract/index.ts';
import { createSendCancellation } from '../outbound/send-cancellation.ts';
import { createUpdatableTimer, createNow } from '../updatable-timer.ts';
import { newState, readState, type ConversationState, type Incoming } from './conversation-state.ts';
import type { HookDeadline } from './turn-parts.ts';
import { takesOver, takeTurn, wakeUp } from './turn.ts';
import { createVisibility } from './visibility.ts';
import { closings } from './window-closing.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

/** So long after the last turn a conversation continues as new: a deploy then replays minutes, not months. */
const QUIET_MS = 5 * 60_000;
/** It stays open this much longer than the window, so that a slow clock somewhere does not close it early. */
const AFTER_WINDOW_MS = 60 * 60_000;
/** What waits goes on as new with the state, as JSON, unless it is larger: both must fit into one payload of the engine. */
const MAX_QUEUE_CHARS = 300_000;
/** Long past, whatever the time is. */
const AT_WORK = 0;

export async function conversation(input: ConversationInput): Promise<void> {
  const { conversation: id } = input;
  const now = createNow(input.clockAheadMs);
  const alarm = createUpdatableTimer(now);
  const known = input.state === undefined ? undefined : readState(input.state);
  const queue: Incoming[] = known?.queue ?? [];
  const hookDeadline: HookDeadline = {};
  const cancellation = createSendCancellation();
  if (queue.some(silences)) cancellation.cancel();
  let state = known;
  let turns = 0;
  // Before the first wait and during a turn: at work.
  let due: number | undefined = AT_WORK;

  /** Whoever takes over does not wait for what the bot could not say yet. */
  const push = (incoming: Incoming): void => {
    queue.push(incoming);
    if (silences(incoming)) cancellation.cancel();
  };

  // Handlers first, before anything is awaited: a signal finds them, and none does more than push.
  setHandler(inboundEventsSignal, (items) => {
    for (const item of items) push({ type: 'event', item });
  });
  setHandler(sequenceEndedSignal, (end) => void queue.push({ type: 'sequence-ended', end }));
  setHandler(beginBroadcastSignal, (begin) => void queue.push({ type: 'broadcast', begin }));
  setHandler(tagsChangedSignal, (change) => void queue.push({ type: 'tags', change }));
  setHandler(takeOverUpdate, (takeOver) => push({ type: 'take-over', takeOver, at: now(), ...updateId() }), {
    description: 'A person answers from now on; the bot is silent.',
  });
  setHandler(giveBackUpdate, () => void queue.push({ type: 'give-back', at: now(), ...updateId() }), {
    description: 'The bot answers again.',
  });
  setHandler(nextDueQuery, () => hookDeadline.until ?? due);
  setHandler(openSequencesQuery, () => Object.keys(state?.sequences ?? {}));

  state ??= await open(id, now());
  state.queue = queue;
  const show = createVisibility(id, state);
  const parts = { conversation: id, state, now, hookDeadline, cancellation, show };

  for (;;) {
    for (let incoming = queue.shift(); incoming; incoming = queue.shift()) {
      if (silences(incoming)) cancellation.reset();
      await takeTurn({ ...parts, incoming });
      turns += 1;
      if (isFull(queue)) break;
    }
    await wakeUp(parts);
    show();
    if ((queue.length > 0 && !isFull(queue)) || !allHandlersFinished()) continue;

    const isQuiet = turns > 0 && now() >= state.lastTurnAt + QUIET_MS;
    // Pinned to a build, it goes over to the one that is current now.
    if (turns > 0 && workflowInfo().targetWorkerDeploymentVersionChanged) await continueOnNewBuild({ ...input, state });
    if (isQuiet || workflowInfo().continueAsNewSuggested) await continueAsNew<typeof conversation>({ ...input, state });
    if (isOver(state, now())) {
      await outside.saveSnapshot(id, state);
      // A signal came meanwhile: the talk goes on, and the snapshot is written again at its end.
      if (queue.length > 0) continue;
      show('idle');
      return;
    }
    const next = nextMoment(state, turns > 0);
    due = next?.at;
    await alarm.wait(() => queue.length > 0, next?.at, next?.summary ?? '');
    due = AT_WORK;
  }
}

/** The history is long: who never stops writing must not fill it, so what waits is taken along. */
function isFull(queue: readonly Incoming[]): boolean {
  return workflowInfo().continueAsNewSuggested && JSON.stringify(queue).length <= MAX_QUEUE_CHARS;
}

function continueOnNewBuild(input: ConversationInput): Promise<never> {
  return makeContinueAsNewFunc<typeof conversation>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(input);
}

/** The same when the run is reset and the update comes once more. */
function updateId(): { readonly updateId?: string } {
  const { id } = currentUpdateInfo() ?? {};
  return id === undefined ? {} : { updateId: id };
}

/** A person of the business speaks from now on. */
function silences(incoming: Incoming): boolean {
  return incoming.type === 'take-over' || (incoming.type === 'event' && takesOver(incoming.item.event));
}

async function open(id: ConversationId, now: number): Promise<ConversationState> {
  const { snapshot, contact, tags } = await outside.openConversation(id);
  const state = snapshot === undefined ? newState(contact, now) : { ...readState(snapshot), contact };
  return tags === undefined ? state : { ...state, tags };
}

/** Nothing is waiting, and nothing could be sent any more. */
function isOver(state: ConversationState, now: number): boolean {
  return state.wakeUps.length === 0 && !state.human && now >= closesAt(state);
}

function closesAt(state: ConversationState): number {
  const windowEnd = state.windowOpenedAt === undefined ? 0 : windowClosesAt(state.windowOpenedAt);
  return Math.max(windowEnd, state.lastTurnAt) + AFTER_WINDOW_MS;
}

interface Moment {
  readonly at: number;
  readonly summary: string;
}

/** What this conversation waits for besides the person. */
function nextMoment(state: ConversationState, hadTurns: boolean): Moment | undefined {
  const moments = state.human ? humanMoments(state.human) : botMoments(state);
  if (hadTurns) moments.push({ at: state.lastTurnAt + QUIET_MS, summary: 'quiet: continue as new' });
  return moments.toSorted((a, b) => a.at - b.at)[0];
}

/** While a person answers, the bot's own plans wait. */
function humanMoments({ until }: NonNullable<ConversationState['human']>): Moment[] {
  return until === undefined ? [] : [{ at: until, summary: 'the bot answers again' }];
}

function botMoments(state: ConversationState): Moment[] {
  const closing = closings(state).map(({ at, plugin }) => ({ at, summary: `${plugin.name}: the window closes soon` }));
  if (state.wakeUps.length === 0) return [{ at: closesAt(state), summary: 'close' }, ...closing];
  return [...state.wakeUps.map(({ at, plugin }) => ({ at, summary: `${plugin} wakes up` })), ...closing];
}
