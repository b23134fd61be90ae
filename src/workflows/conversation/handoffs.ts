/** Hand-offs: an operator answers instead of the bot, or the bot answers again. */

import type { TakeOver } from '../../domain/handoff.ts';
import type { EchoEvent, InboundEvent, ThreadControlEvent } from '../../messenger/inbound/inbound-event.ts';
import { isInboxApp } from '../../messenger/meta-apps.ts';
import { msOf } from '../../plugins/duration.ts';
import { bot, plugins } from '../bot.ts';
import { runHook } from './hooks/run-hook.ts';
import type { Turn } from './turn.ts';

/** Whether an operator answers from this event on: they wrote in Meta's inbox, or took the thread there. */
export function isTakeOverEvent(event: InboundEvent): boolean {
  if (event.kind === 'echo') return event.isFromInbox;
  return event.kind === 'thread_control' && event.action === 'take' && isInboxApp(event.newOwnerAppId);
}

/** Somebody else wrote as the Page. An operator in Meta's inbox silences the bot; another app does not. */
export async function handleEcho(turn: Turn, echo: EchoEvent): Promise<void> {
  if (!echo.isFromInbox) return;
  await handOff(turn, 'human', { reason: 'an operator answered in the Page inbox', forMs: silenceMs() });
}

/** Under Conversation Routing an operator takes the thread in Meta's inbox, or gives it back. */
export async function handleThreadControl(
  turn: Turn,
  { action, newOwnerAppId, isStandby }: ThreadControlEvent,
): Promise<void> {
  const isInbox = isInboxApp(newOwnerAppId);
  if (action === 'take' && isInbox) {
    await handOff(turn, 'human', { reason: 'an operator took the thread in the Page inbox', forMs: silenceMs() });
  }
  if (action === 'pass' && !isInbox && !isStandby && turn.state.human) {
    await handOff(turn, 'bot', { reason: 'the thread was passed back' });
  }
}

/** Hands the conversation to an operator or back to the bot. Plugins and sequences are notified when that changes anything. */
export async function handOff(turn: Turn, to: 'human' | 'bot', { reason, forMs }: TakeOver): Promise<void> {
  const { state } = turn;
  const hadOperator = state.human !== undefined;
  if (to === 'human') {
    state.human = { reason, occasion: turn.cause.id, ...(forMs !== undefined && { until: turn.now() + forMs }) };
  } else delete state.human;
  turn.updateVisibility();
  if (hadOperator === (to === 'human')) return;
  for (const plugin of plugins) {
    if (plugin.onHandoff) await runHook(turn, plugin, 'onHandoff', { to, reason });
  }
  if (to === 'human') turn.topics = [...turn.topics, { name: 'handoff' }];
}

function silenceMs(): number {
  return msOf(bot.silentAfterHuman ?? '24 hours');
}
