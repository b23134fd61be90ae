import { log } from '@temporalio/workflow';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { optSignalOf } from '../../messenger/inbound/opt-signal.ts';
import { windowOpener } from '../../messenger/inbound/window-opener.ts';
import { freezeJson } from '../../plugins/plain-json.ts';
import { bot, plugins } from '../bot.ts';
import { finishTurn } from './finish-turn.ts';
import { handleEcho, handleThreadControl } from './handoffs.ts';
import { runHook, type HookArguments, type HookName } from './hooks/run-hook.ts';
import { addEventLine } from './lines.ts';
import { notifySequencesOfReply } from './sequence-signals.ts';
import { sendInTurn } from './turn-send.ts';
import type { Turn } from './turn.ts';

/** Hooks that may handle an event, so that it is not offered to the plugins after them. */
type ChainHook = Extract<HookName, 'onMessage' | 'onPostback' | 'onEvent' | 'afterMessage'>;

/** Handles one inbound event: observers see it, handoffs follow from it, and the bot answers unless somebody else does. */
export async function handleEvent(turn: Turn, incoming: InboundEvent): Promise<void> {
  const { state } = turn;
  const event = freezeJson(incoming);
  if (windowOpener(event)) state.windowOpenedAt = Math.max(state.windowOpenedAt ?? 0, event.at);
  addEventLine(state, event);
  if (optSignalOf(event) === 'stop') turn.topics = [...turn.topics, { name: 'opt-out' }];
  for (const plugin of plugins) {
    if (plugin.observe) await runHook(turn, plugin, 'observe', event);
  }
  if (event.kind === 'thread_control') await handleThreadControl(turn, event);
  if (event.kind === 'echo') await handleEcho(turn, event);
  else if (!event.isStandby && !state.human) await answerEvent(turn, event);
  else if (event.kind === 'message' || event.kind === 'postback') await notifySequencesOfReply(turn, event);
  await finishTurn(turn);
}

async function answerEvent(turn: Turn, event: InboundEvent): Promise<void> {
  if (event.kind !== 'message' && event.kind !== 'postback') {
    await offer(turn, 'onEvent', event);
    return;
  }
  await notifySequencesOfReply(turn, event);
  const handledBy =
    event.kind === 'message' ? await offer(turn, 'onMessage', event) : await offer(turn, 'onPostback', event);
  // A person who asked for an operator wants nothing more from the bot.
  if (turn.takeOver) return;
  const handledAfter = await offer(turn, 'afterMessage', event, handledBy);
  if (handledBy !== undefined || handledAfter !== undefined) return;
  turn.topics = [...turn.topics, { name: 'not-understood' }];
  if (bot.fallback) await sendInTurn(turn, bot.fallback, 'the fallback');
}

/** Calls the hook of each plugin until one handles the event; resolves to that plugin's name. */
async function offer<Name extends ChainHook>(
  turn: Turn,
  hook: Name,
  ...args: HookArguments<Name>
): Promise<string | undefined> {
  for (const plugin of plugins) {
    if (!plugin[hook]) continue;
    const result = await runHook(turn, plugin, hook, ...args);
    if (result === 'handled') return plugin.name;
    if (result !== 'pass' && result !== undefined) {
      log.warn(`The hook ${hook} of plugin "${plugin.name}" returned neither 'handled' nor 'pass'; taken as 'pass'`);
    }
  }
  return undefined;
}
