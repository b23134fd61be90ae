/** Handoffs: operators answer instead of the bot, or the bot answers again. */

import { patched } from '@temporalio/workflow';
import type { HandoffChange, NamedOperator, TakeOver } from '../../domain/handoff.ts';
import type { EchoEvent, InboundEvent, ThreadControlEvent } from '../../messenger/inbound/inbound-event.ts';
import { isInboxApp } from '../../messenger/meta-apps.ts';
import { msOf } from '../../plugins/duration.ts';
import { SILENT_AFTER_HUMAN } from '../../plugins/limits.ts';
import type { Handoff } from '../../plugins/plugin.ts';
import { storeActivities } from '../activity-proxies.ts';
import { bot, plugins } from '../bot.ts';
import { MAX_REASON_CHARS } from '../checks/messages.ts';
import { cutText } from '../text.ts';
import type { HumanState } from './conversation-state.ts';
import { runHook } from './hooks/run-hook.ts';
import type { Turn } from './turn.ts';

/** Whether an operator answers from this event on: they wrote by hand, or took the thread in Meta's inbox. */
export function isTakeOverEvent(event: InboundEvent): boolean {
  if (event.kind === 'echo') return event.isFromInbox;
  return event.kind === 'thread_control' && event.action === 'take' && isInboxApp(event.newOwnerAppId);
}

/** Somebody else wrote as the Page. An operator silences the bot; another app does not. */
export async function handleEcho(turn: Turn, echo: EchoEvent): Promise<void> {
  if (!echo.isFromInbox || isOutdated(turn, echo)) return;
  const place = echo.appId === undefined ? 'by hand in a native app' : 'in the Page inbox';
  await handOver(turn, { by: 'outside', reason: `an operator answered ${place}`, forMs: silenceMs() });
  noteOperatorAnswer(turn);
}

/** Under Conversation Routing an operator takes the thread in Meta's inbox, or gives it back. */
export async function handleThreadControl(turn: Turn, event: ThreadControlEvent): Promise<void> {
  const { action, newOwnerAppId, isStandby } = event;
  if (action === 'request' || isOutdated(turn, event)) return;
  const isInbox = isInboxApp(newOwnerAppId);
  if (action === 'take' && isInbox) {
    await handOver(turn, {
      by: 'outside',
      reason: 'an operator took the thread in the Page inbox',
      forMs: silenceMs(),
    });
  }
  if (action === 'pass' && !isInbox && !isStandby && turn.state.human) {
    await handBack(turn, { reason: 'the thread was passed back' });
  }
}

/** In histories from before this patch, a late event decides who answers. */
const LATE_EVENT_PATCH = 'late-event-changes-no-answerer';

/** Histories from before this patch do not tell the store who answers. */
const RECORD_HANDOFF_PATCH = 'record-handoff';
/** In histories from before this patch, no topic says that an operator answered. */
const OPERATOR_ANSWERED_PATCH = 'operator-answered';

/** Whether a later event has already said who answers. Webhooks may arrive late, and out of order. */
function isOutdated({ state }: Turn, { at }: EchoEvent | ThreadControlEvent): boolean {
  if (at < (state.answererAt ?? 0) && patched(LATE_EVENT_PATCH)) return true;
  state.answererAt = Math.max(state.answererAt ?? 0, at);
  return false;
}

/** A handoff to operators. */
export interface HandOver extends TakeOver {
  /** A plugin asked for an operator; somebody answers outside everthread; or an operator took the conversation here. */
  readonly by: 'plugin' | 'outside' | 'operator';
  readonly operator?: NamedOperator;
}

/** Hands the conversation to operators. Plugins and sequences are notified when the bot answered until now. */
export async function handOver(turn: Turn, change: HandOver): Promise<void> {
  const { state } = turn;
  const before = state.human;
  state.human = nextHuman(turn, change);
  turn.updateVisibility();
  await recordChange(turn, before);
  if (before) return;
  const { reason, since = turn.now(), operator } = state.human;
  await runHandoffHooks(turn, { to: 'human', reason, at: since, ...(operator !== undefined && { by: operator }) });
  turn.topics = [...turn.topics, { name: 'handoff' }];
}

/** Hands the conversation back to the bot. Plugins are notified when operators had it. */
export async function handBack(
  turn: Turn,
  { reason, note, operator }: { readonly reason: string; readonly note?: string; readonly operator?: NamedOperator },
): Promise<void> {
  const { state } = turn;
  const before = state.human;
  delete state.human;
  const handback = {
    at: turn.now(),
    reason,
    ...(note !== undefined && { note }),
    ...(operator && { by: operator.name }),
    ...(before?.answeredAt !== undefined && { answeredAt: before.answeredAt }),
  };
  if (before) state.handback = handback;
  turn.updateVisibility();
  await recordChange(turn, before);
  if (before) await runHandoffHooks(turn, { to: 'bot', ...handback });
}

/** The operator who has the conversation goes on for as long as after a take-over, unless it is theirs until they give it back. */
export async function prolong(turn: Turn): Promise<void> {
  const { state, now } = turn;
  const before = state.human;
  if (before?.until === undefined) return;
  state.human = { ...before, until: Math.max(before.until, now() + silenceMs()) };
  await recordChange(turn, before);
}

/** Remembers that an operator wrote to the person; the first time in a handoff is a topic. */
export function noteOperatorAnswer(turn: Turn): void {
  const { state } = turn;
  if (!state.human) return;
  if (state.human.answeredAt === undefined && patched(OPERATOR_ANSWERED_PATCH)) {
    turn.topics = [...turn.topics, { name: 'operator-answered' }];
  }
  state.human = { ...state.human, answeredAt: turn.now() };
}

/** How long the bot is silent after an operator wrote without taking the conversation over. */
export function silenceMs(): number {
  return msOf(bot().silentAfterHuman ?? SILENT_AFTER_HUMAN);
}

function nextHuman({ state, now, cause }: Turn, { by, reason, forMs, operator }: HandOver): HumanState {
  const before = state.human;
  const until = forMs === undefined ? undefined : now() + forMs;
  // What a plugin or another place says does not end that a named operator has the conversation.
  if (before?.operator !== undefined && by !== 'operator') {
    if (by === 'plugin' || before.until === undefined || until === undefined) return before;
    return { ...before, until: Math.max(before.until, until) };
  }
  const isWaiting = by === 'plugin' && (!before || before.isWaiting === true);
  return {
    reason: cutText(reason, MAX_REASON_CHARS),
    occasion: cause.id,
    since: (isWaiting ? before?.since : undefined) ?? now(),
    ...(until !== undefined && { until }),
    ...(operator && { operator: operator.name }),
    ...(isWaiting && { isWaiting }),
    ...(before?.answeredAt !== undefined && { answeredAt: before.answeredAt }),
  };
}

/** Tells the store who answers, when that or its end has changed. */
async function recordChange({ conversation, state, now }: Turn, before: HumanState | undefined): Promise<void> {
  const { human } = state;
  const isSame =
    human?.operator === before?.operator &&
    human?.isWaiting === before?.isWaiting &&
    human?.until === before?.until &&
    (human === undefined) === (before === undefined);
  if (isSame || !patched(RECORD_HANDOFF_PATCH)) return;
  const change = toHandoffChange(human, now());
  await storeActivities.recordHandoff.executeWithOptions({ summary: `Answers: ${change.state}` }, [
    conversation,
    change,
  ]);
}

function toHandoffChange(human: HumanState | undefined, at: number): HandoffChange {
  if (!human) return { state: 'bot', at };
  const { reason, until, operator, isWaiting } = human;
  const common = { at, reason, ...(until !== undefined && { until }) };
  if (isWaiting) return { state: 'waiting', ...common };
  return { state: 'operator', ...common, ...(operator !== undefined && { by: operator }) };
}

async function runHandoffHooks(turn: Turn, handoff: Handoff): Promise<void> {
  for (const plugin of plugins()) {
    if (plugin.onHandoff) await runHook(turn, plugin, 'onHandoff', handoff);
  }
}
