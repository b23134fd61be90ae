import { getExternalWorkflowHandle, log } from '@temporalio/workflow';
import type { ConversationId } from '../messenger/conversation.ts';
import type { EchoEvent, InboundEvent, MessageEvent, PostbackEvent } from '../messenger/inbound-event.ts';
import { windowOpener } from '../messenger/window-opener.ts';
import type { HookResult, Plugin, PluginContext } from '../plugins/plugin.ts';
import { bot, plugins, sequencesStartedBy } from './bot.ts';
import {
  replySignal,
  sequenceId,
  stopSequenceSignal,
  topicSignal,
  type TakeOver,
} from './contract.ts';
import { addLine, remember, type ConversationState, type Incoming } from './conversation-state.ts';
import { describeEvent } from './describe-event.ts';
import { pluginContext, say, startSequence, type Turn } from './plugin-context.ts';
import { runHook } from './run-hook.ts';
import { msOf } from './time.ts';

interface Occurrence {
  readonly conversation: ConversationId;
  readonly state: ConversationState;
  readonly now: () => number;
}

/** Works on one thing that came in, from its first hook to its last send. */
export async function takeTurn({ incoming, ...rest }: Occurrence & { readonly incoming: Incoming }): Promise<void> {
  const { state, now } = rest;
  switch (incoming.type) {
    case 'event':
      if (!remember(state, incoming.item.inboxId)) return;
      await hear(newTurn(rest, `i${incoming.item.inboxId}`), incoming.item.event);
      break;
    case 'sequence-ended':
      delete state.sequences[incoming.end.name];
      break;
    case 'take-over':
      await giveTo(newTurn(rest, `t${incoming.at}`), 'human', incoming.takeOver);
      break;
    case 'give-back':
      await giveTo(newTurn(rest, `g${incoming.at}`), 'bot', { reason: 'given back' });
      break;
  }
  state.lastTurnAt = now();
}

/** Does what has become due: wake-ups of plugins, the end of a person's turn. */
export async function wakeUp(occurrence: Occurrence): Promise<void> {
  const { state, now } = occurrence;
  if (state.human?.until !== undefined && state.human.until <= now()) {
    await giveTo(newTurn(occurrence, `g${state.human.until}`), 'bot', { reason: 'time is up' });
  }
  const due = state.wakeUps.filter(({ at }) => at <= now());
  state.wakeUps = state.wakeUps.filter(({ at }) => at > now());
  for (const { plugin: name, at, note } of due) {
    const plugin = plugins.find((candidate) => candidate.name === name);
    const turn = newTurn(occurrence, `w${at}-${name}`);
    if (plugin?.onWake) await run(turn, plugin, 'onWake', (ctx) => plugin.onWake?.(ctx, note));
    await tellTopics(turn);
  }
}

function newTurn({ conversation, state, now }: Occurrence, occasion: string): Turn {
  const turn: Turn = {
    conversation,
    state,
    now,
    occasion,
    ordinal: 0,
    pending: { count: 0 },
    topics: [],
    stopSequence: (name, reason) => tellSequence(turn, name, 'stop', reason),
    handOver: (takeOver) => {
      turn.takeOver = takeOver;
    },
  };
  return turn;
}

async function hear(turn: Turn, event: InboundEvent): Promise<void> {
  const { state } = turn;
  if (windowOpener(event)) state.windowOpenedAt = Math.max(state.windowOpenedAt ?? 0, event.at);
  note(turn, event);
  for (const plugin of plugins) {
    if (plugin.observe) await run(turn, plugin, 'observe', (ctx) => plugin.observe?.(ctx, event));
  }
  if (event.kind === 'echo') await hearOurSide(turn, event);
  else if (!event.isStandby && !state.human) await answer(turn, event);
  else if (event.kind === 'message' || event.kind === 'postback') await tellSequencesOfReply(turn, event);
  if (turn.takeOver) await giveTo(turn, 'human', turn.takeOver);
  await tellTopics(turn);
}

/** Somebody else spoke for the Page. A person's word silences the bot (Meta's inbox shows it to them as theirs). */
async function hearOurSide(turn: Turn, echo: EchoEvent): Promise<void> {
  if (!echo.isFromInbox) return;
  const forMs = msOf(bot.silentAfterHuman ?? '24 hours');
  await giveTo(turn, 'human', { reason: 'a person answered in the Page inbox', forMs });
}

async function answer(turn: Turn, event: InboundEvent): Promise<void> {
  if (event.kind !== 'message' && event.kind !== 'postback') {
    await offer(turn, 'onEvent', (plugin) => plugin.onEvent && ((ctx) => plugin.onEvent?.(ctx, event as never)));
    return;
  }
  await tellSequencesOfReply(turn, event);
  const handledBy =
    event.kind === 'message'
      ? await offer(turn, 'onMessage', (plugin) => plugin.onMessage && ((ctx) => plugin.onMessage?.(ctx, event)))
      : await offer(turn, 'onPostback', (plugin) => plugin.onPostback && ((ctx) => plugin.onPostback?.(ctx, event)));
  const handledAfter = await offer(
    turn,
    'afterMessage',
    (plugin) => plugin.afterMessage && ((ctx) => plugin.afterMessage?.(ctx, event, handledBy)),
  );
  if (handledBy === undefined && handledAfter === undefined && bot.fallback) await say(turn, bot.fallback);
}

type Hook = (ctx: PluginContext) => HookResult | undefined | Promise<HookResult | undefined>;

/** Goes through the plugins until one handles it; gives that one's name. */
async function offer(
  turn: Turn,
  hookName: string,
  hookOf: (plugin: Plugin) => Hook | undefined,
): Promise<string | undefined> {
  for (const plugin of plugins) {
    const hook = hookOf(plugin);
    if (!hook) continue;
    const result = await run(turn, plugin, hookName, hook);
    if (result === 'handled') return plugin.name;
    if (result !== 'pass' && result !== undefined) {
      log.warn(`The hook ${hookName} of plugin "${plugin.name}" answered neither 'handled' nor 'pass'; taken as 'pass'`);
    }
  }
  return undefined;
}

function run<T>(turn: Turn, plugin: Plugin, name: string, hook: (ctx: PluginContext) => T | Promise<T>) {
  return runHook(turn.state, plugin, name, turn.pending, () => hook(pluginContext(turn, plugin)));
}

/** The talk changes hands: plugins and sequences are told once. */
async function giveTo(turn: Turn, to: 'human' | 'bot', { reason, forMs }: TakeOver): Promise<void> {
  const { state } = turn;
  const hadHuman = state.human !== undefined;
  if (to === 'human') state.human = { reason, ...(forMs !== undefined && { until: turn.now() + forMs }) };
  else delete state.human;
  if (hadHuman === (to === 'human')) return;
  for (const plugin of plugins) {
    if (plugin.onHandoff) await run(turn, plugin, 'onHandoff', (ctx) => plugin.onHandoff?.(ctx, { to, reason }));
  }
  if (to === 'human') turn.topics.push({ name: 'handoff' });
  await tellTopics(turn);
}

/** Tells plugins and sequences what was emitted; what they emit in turn comes after it. */
async function tellTopics(turn: Turn): Promise<void> {
  for (let topic = turn.topics.shift(); topic; topic = turn.topics.shift()) {
    const { name } = topic;
    for (const plugin of plugins) {
      const told = topic;
      if (plugin.onTopic) await run(turn, plugin, 'onTopic', (ctx) => plugin.onTopic?.(ctx, told));
    }
    for (const open of Object.keys(turn.state.sequences)) await tellSequence(turn, open, 'topic', topic);
    for (const sequence of sequencesStartedBy(name)) await startSequence(turn, sequence.name, topic.data);
  }
}

async function tellSequencesOfReply(turn: Turn, event: MessageEvent | PostbackEvent): Promise<void> {
  for (const open of Object.keys(turn.state.sequences)) await tellSequence(turn, open, 'reply', event);
}

const SIGNALS = { reply: replySignal, stop: stopSequenceSignal, topic: topicSignal } as const;

/** Signals one sequence; one that is gone is struck off the list. */
async function tellSequence(turn: Turn, name: string, what: keyof typeof SIGNALS, content: unknown): Promise<void> {
  const handle = getExternalWorkflowHandle(sequenceId(name, turn.conversation));
  try {
    await handle.signal<[unknown]>(SIGNALS[what].name, content);
  } catch (error) {
    log.info('A sequence is over', { sequence: name, error: String(error) });
    delete turn.state.sequences[name];
  }
}

function note(turn: Turn, event: InboundEvent): void {
  const text = describeEvent(event);
  const by = event.kind !== 'echo' ? 'person' : event.isFromInbox ? 'human' : 'other app';
  addLine(turn.state, { at: event.at, by, text });
}
