/**
 * One person's talk with one Page. Signals only push; one loop works, in order; what it remembers is one JSON value
 * (`conversation-state.ts`). It continues as new when it has been quiet, and closes when nothing can happen any more.
 */
import {
  allHandlersFinished,
  continueAsNew,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { windowClosesAt } from '../policy/messaging-window.ts';
import {
  giveBackUpdate,
  inboundEventsSignal,
  nextDueQuery,
  openSequencesQuery,
  sequenceEndedSignal,
  takeOverUpdate,
  type ConversationInput,
  type EverthreadActivities,
} from './contract.ts';
import { newState, readState, type ConversationState, type Incoming } from './conversation-state.ts';
import { createShowing } from './showing.ts';
import { createAlarm, createNow } from './time.ts';
import { takeTurn, wakeUp } from './turn.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

/** So long after the last turn a conversation continues as new: a deploy then replays minutes, not months. */
const QUIET_MS = 5 * 60_000;
/** It stays open this much longer than the window, so that a slow clock somewhere does not close it early. */
const AFTER_WINDOW_MS = 60 * 60_000;

export async function conversation(input: ConversationInput): Promise<void> {
  const now = createNow(input.clockAheadMs);
  const alarm = createAlarm(now);
  const known = input.state === undefined ? undefined : readState(input.state);
  const queue: Incoming[] = known?.queue ?? [];
  let turns = 0;
  let due: number | undefined;

  setHandler(inboundEventsSignal, (items) => {
    for (const item of items) queue.push({ type: 'event', item });
  });
  setHandler(sequenceEndedSignal, (end) => void queue.push({ type: 'sequence-ended', end }));
  setHandler(takeOverUpdate, (takeOver) => void queue.push({ type: 'take-over', takeOver, at: now() }), {
    description: 'A person answers from now on; the bot is silent.',
  });
  setHandler(giveBackUpdate, () => void queue.push({ type: 'give-back', at: now() }), {
    description: 'The bot answers again.',
  });
  setHandler(nextDueQuery, () => due);

  const state = known ?? (await open(input, now()));
  setHandler(openSequencesQuery, () => Object.keys(state.sequences));
  state.queue = queue;
  const show = createShowing(input.conversation, state);

  for (;;) {
    for (let incoming = queue.shift(); incoming; incoming = queue.shift()) {
      await takeTurn({ conversation: input.conversation, state, now, incoming });
      turns += 1;
    }
    await wakeUp({ conversation: input.conversation, state, now });
    show();
    if (queue.length > 0 || !allHandlersFinished()) continue;

    const isQuiet = turns > 0 && now() >= state.lastTurnAt + QUIET_MS;
    if (isQuiet || workflowInfo().continueAsNewSuggested) await continueAsNew<typeof conversation>({ ...input, state });
    if (isOver(state, now())) {
      await outside.saveSnapshot(input.conversation, state);
      if (queue.length === 0) return;
      continue;
    }
    const next = nextMoment(state, turns > 0);
    due = next.at;
    await alarm.wait(() => queue.length > 0, next.at, next.summary);
  }
}

async function open({ conversation }: ConversationInput, now: number): Promise<ConversationState> {
  const { snapshot, contact } = await outside.openConversation(conversation);
  return snapshot === undefined ? newState(contact, now) : { ...readState(snapshot), contact };
}

/** Nothing is waiting, and nothing could be sent any more. */
function isOver(state: ConversationState, now: number): boolean {
  return state.wakeUps.length === 0 && !state.human && now >= closesAt(state);
}

function closesAt(state: ConversationState): number {
  const windowEnd = state.windowOpenedAt === undefined ? 0 : windowClosesAt(state.windowOpenedAt);
  return Math.max(windowEnd, state.lastTurnAt) + AFTER_WINDOW_MS;
}

/** What this conversation waits for besides the person. */
function nextMoment(state: ConversationState, hadTurns: boolean): { at: number | undefined; summary: string } {
  const moments = [
    ...state.wakeUps.map(({ at, plugin }) => ({ at, summary: `${plugin} wakes up` })),
    ...(state.human?.until === undefined ? [] : [{ at: state.human.until, summary: 'the bot answers again' }]),
    ...(hadTurns ? [{ at: state.lastTurnAt + QUIET_MS, summary: 'quiet: continue as new' }] : []),
    ...(state.human && state.human.until === undefined ? [] : [{ at: closesAt(state), summary: 'close' }]),
  ];
  const [first] = moments.toSorted((a, b) => a.at - b.at);
  return first ?? { at: undefined, summary: '' };
}
