import { log } from '@temporalio/workflow';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { mergeMessages } from '../../messenger/inbound/merge-messages.ts';
import { optSignalOf } from '../../messenger/inbound/opt-signal.ts';
import { windowOpener } from '../../messenger/inbound/window-opener.ts';
import { freezeJson } from '../../plugins/plain-json.ts';
import { bot, plugins } from '../bot.ts';
import { isBraked, noteAnswer } from './brake.ts';
import { finishTurn } from './finish-turn.ts';
import { handleEcho, handleThreadControl } from './handoffs.ts';
import { runHook, type HookArguments, type HookName } from './hooks/run-hook.ts';
import { addEventLine } from './lines.ts';
import { announceReply, giveReply, offerReply, type ReplyEvent, type RunningSequences } from './replies.ts';
import { recordAnswer } from './turn-records.ts';
import { sendInTurn } from './turn-send.ts';
import type { Turn } from './turn.ts';

/** Hooks that may handle an event, so that it is not offered to the plugins after them. */
type ChainHook = Extract<HookName, 'onMessage' | 'onPostback' | 'onEvent' | 'afterMessage'>;

/**
 * Handles one inbound event, or a burst of messages: observers see each, handoffs follow, and the bot answers unless somebody
 * else does. It answers a burst as one message.
 */
export async function handleEvents(turn: Turn, incoming: readonly [InboundEvent, ...InboundEvent[]]): Promise<void> {
  const running: RunningSequences = { ...turn.state.sequences };
  for (const event of incoming) await observeEvent(turn, freezeJson(event));
  await answerEvent(turn, freezeJson(asOneEvent(incoming)), running);
}

function asOneEvent([first, ...others]: readonly [InboundEvent, ...InboundEvent[]]): InboundEvent {
  const messages = others.filter((event) => event.kind === 'message');
  return first.kind === 'message' ? mergeMessages([first, ...messages]) : first;
}

async function observeEvent(turn: Turn, event: InboundEvent): Promise<void> {
  const { state } = turn;
  if (windowOpener(event)) state.windowOpenedAt = Math.max(state.windowOpenedAt ?? 0, event.at);
  addEventLine(state, event);
  if (optSignalOf(event) === 'stop') turn.topics = [...turn.topics, { name: 'opt-out' }];
  for (const plugin of plugins()) {
    if (plugin.observe) await runHook(turn, plugin, 'observe', event);
  }
}

async function answerEvent(turn: Turn, event: InboundEvent, running: RunningSequences): Promise<void> {
  if (event.kind === 'message' || event.kind === 'postback') {
    await handleReply(turn, event, running);
    return;
  }
  if (event.kind === 'thread_control') await handleThreadControl(turn, event);
  if (event.kind === 'echo') await handleEcho(turn, event);
  else if (doesBotAnswer(turn, event)) await offer(turn, 'onEvent', event);
  await finishTurn(turn);
}

/** The person wrote or tapped. Plugins come first; sequences hear of it when everything that the turn says has been said. */
async function handleReply(turn: Turn, reply: ReplyEvent, running: RunningSequences): Promise<void> {
  const hearing = await announceReply(turn, reply, running);
  if (doesBotAnswer(turn, reply)) {
    if (isBraked(turn, reply)) recordSilence(turn, 'the brake');
    else await answerReply(turn, reply, hearing);
  }
  await finishTurn(turn);
  noteAnswer(turn);
  await giveReply(turn, reply, hearing);
}

async function answerReply(turn: Turn, reply: ReplyEvent, running: RunningSequences): Promise<void> {
  const plugin =
    reply.kind === 'message' ? await offer(turn, 'onMessage', reply) : await offer(turn, 'onPostback', reply);
  // A person who asked for an operator wants nothing more from the bot.
  if (turn.takeOver) return;
  const handledBy = plugin ?? (await takingSequence(turn, reply, running));
  const handledAfter = await offer(turn, 'afterMessage', reply, handledBy);
  if (handledBy !== undefined || handledAfter !== undefined) return;
  turn.topics = [...turn.topics, { name: 'not-understood' }];
  const { fallback } = bot();
  if (!fallback) return;
  recordAnswer(turn, { hook: 'fallback', who: 'the fallback', answer: 'handled' });
  await sendInTurn(turn, fallback, 'the fallback');
}

/** What the hooks `afterMessage` are told when a sequence waits for the reply. No plugin's name has a space. */
async function takingSequence(turn: Turn, reply: ReplyEvent, running: RunningSequences): Promise<string | undefined> {
  const name = await offerReply(turn, reply, running);
  if (name === undefined) return undefined;
  const who = `sequence ${name}`;
  recordAnswer(turn, { hook: 'reply', who, answer: 'handled' });
  return who;
}

/** Whether the event is the bot's to answer: neither an operator nor another app has the conversation. Records who does. */
function doesBotAnswer(turn: Turn, event: InboundEvent): boolean {
  const { human } = turn.state;
  if (event.isStandby) recordSilence(turn, 'another app');
  else if (human) recordSilence(turn, human.operator === undefined ? 'an operator' : `operator ${human.operator}`);
  return !event.isStandby && !human;
}

function recordSilence(turn: Turn, who: string): void {
  recordAnswer(turn, { hook: 'turn', who, answer: 'silent' });
}

/** Calls the hook of each plugin until one handles the event; resolves to that plugin's name. */
async function offer<Name extends ChainHook>(
  turn: Turn,
  hook: Name,
  ...args: HookArguments<Name>
): Promise<string | undefined> {
  for (const plugin of plugins()) {
    if (!plugin[hook]) continue;
    const result = await runHook(turn, plugin, hook, ...args);
    if (result === 'handled') return plugin.name;
    if (result !== 'pass' && result !== undefined) {
      log.warn(`The hook ${hook} of plugin "${plugin.name}" returned neither 'handled' nor 'pass'; taken as 'pass'`);
    }
  }
  return undefined;
}
