/** Hand-offs: an operator answers instead of the bot, or the bot answers again. */

import { patched } from '@temporalio/workflow';
import type { TakeOver } from '../../domain/handoff.ts';
import type { EchoEvent, InboundEvent, ThreadControlEvent } from '../../messenger/inbound/inbound-event.ts';
import { isInboxApp } from '../../messenger/meta-apps.ts';
import { msOf } from '../../plugins/duration.ts';
import { bot, plugins } from '../bot.ts';
import { MAX_REASON_CHARS } from '../checks/messages.ts';
import { cutText } from '../text.ts';
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
  await handOff(turn, 'human', { reason: `an operator answered ${place}`, forMs: silenceMs() });
}

/** Under Conversation Routing an operator takes the thread in Meta's inbox, or gives it back. */
export async function handleThreadControl(turn: Turn, event: ThreadControlEvent): Promise<void> {
  const { action, newOwnerAppId, isStandby } = event;
  if (action === 'request' || isOutdated(turn, event)) return;
  const isInbox = isInboxApp(newOwnerAppId);
  if (action === 'take' && isInbox) {
    await handOff(turn, 'human', { reason: 'an operator took the thread in the Page inbox', forMs: silenceMs() });
  }
  if (action === 'pass' && !isInbox && !isStandby && turn.state.human) {
    await handOff(turn, 'bot', { reason: 'the thread was passed back' });
  }
}

/** In histories from before this patch, a late event decides who answers. */
const LATE_EVENT_PATCH = 'late-event-changes-no-answerer';

/** Whether a later event has already said who answers. Webhooks may arrive late, and out of order. */
function isOutdated({ state }: Turn, { at }: EchoEvent | ThreadControlEvent): boolean {
  if (at < (state.answererAt ?? 0) && patched(LATE_EVENT_PATCH)) return true;
  state.answererAt = Math.max(state.answererAt ?? 0, at);
  return false;
}

/** Hands the conversation to an operator or back to the bot. Plugins and sequences are notified when that changes anything. */
export async function handOff(turn: Turn, to: 'human' | 'bot', { reason, forMs }: TakeOver): Promise<void> {
  const { state } = turn;
  const hadOperator = state.human !== undefined;
  if (to === 'human') {
    const until = forMs === undefined ? {} : { until: turn.now() + forMs };
    state.human = { reason: cutText(reason, MAX_REASON_CHARS), occasion: turn.cause.id, ...until };
  } else delete state.human;
  turn.updateVisibility();
  if (hadOperator === (to === 'human')) return;
  for (const plugin of plugins()) {
    if (plugin.onHandoff) await runHook(turn, plugin, 'onHandoff', { to, reason });
  }
  if (to === 'human') turn.topics = [...turn.topics, { name: 'handoff' }];
}

function silenceMs(): number {
  return msOf(bot().silentAfterHuman ?? '24 hours');
}
