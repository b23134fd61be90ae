/** When a conversation does something by itself: wake-ups, the end of a take-over, continue-as-new, closing. */

import { windowClosesAt } from '../../policy/messaging-window.ts';
import type { ConversationTimer } from '../contract/index.ts';
import type { ConversationState } from './conversation-state.ts';
import { pendingWindowClosings } from './window-closing.ts';

/** This long after the last turn a conversation continues as new: a deploy then replays minutes, not months. */
const QUIET_MS = 5 * 60_000;
/** It stays open this much longer than the window, so that a slow clock somewhere does not close it early. */
const AFTER_WINDOW_MS = 60 * 60_000;

/** Everything that is due at some time, the next first. `hadTurns` is whether this run worked on anything yet. */
export function listDeadlines(state: ConversationState, hadTurns: boolean): readonly ConversationTimer[] {
  const deadlines = state.human ? operatorDeadlines(state.human) : botDeadlines(state);
  const [message] = state.scheduled ?? [];
  if (message) deadlines.push({ at: message.at, summary: 'a message of an operator goes out' });
  if (hadTurns) deadlines.push({ at: state.lastTurnAt + QUIET_MS, summary: 'quiet: continue as new', isUpkeep: true });
  return deadlines.toSorted((a, b) => a.at - b.at);
}

/** Whether the last turn is so long ago that the conversation continues as new. */
export function isQuietLongEnough(state: ConversationState, now: number): boolean {
  return now >= state.lastTurnAt + QUIET_MS;
}

/** Whether nothing is planned and nothing could be sent any more. */
export function canClose(state: ConversationState, now: number): boolean {
  const { scheduled = [] } = state;
  return state.wakeUps.length === 0 && scheduled.length === 0 && !state.human && now >= closesAt(state);
}

function closesAt(state: ConversationState): number {
  const windowEnd = state.windowOpenedAt === undefined ? 0 : windowClosesAt(state.windowOpenedAt);
  return Math.max(windowEnd, state.lastTurnAt) + AFTER_WINDOW_MS;
}

/** While an operator answers, the bot's own plans wait. */
function operatorDeadlines({ until }: NonNullable<ConversationState['human']>): ConversationTimer[] {
  return until === undefined ? [] : [{ at: until, summary: 'the bot answers again' }];
}

function botDeadlines(state: ConversationState): ConversationTimer[] {
  const closings = pendingWindowClosings(state).map(({ at, plugin }) => ({
    at,
    summary: `${plugin.name}: the window closes soon`,
  }));
  if (state.wakeUps.length === 0 && !state.scheduled?.length)
    return [{ at: closesAt(state), summary: 'close', isUpkeep: true }, ...closings];
  return [...state.wakeUps.map(({ at, plugin, note }) => ({ at, summary: `${plugin} wakes up`, note })), ...closings];
}
