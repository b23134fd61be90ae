import { log } from '@temporalio/workflow';
import {
  broadcastCause,
  eventCause,
  giveBackCause,
  legacyWakeUpId,
  takeOverCause,
  wakeUpCause,
  windowClosingCause,
} from '../../domain/cause.ts';
import { applyTagChange } from '../../domain/tags.ts';
import type { TakeOver } from '../../domain/take-over.ts';
import type { EchoEvent, InboundEvent, ThreadControlEvent } from '../../messenger/inbound/inbound-event.ts';
import { optSignalOf } from '../../messenger/inbound/opt-signal.ts';
import { windowOpener } from '../../messenger/inbound/window-opener.ts';
import { isInboxApp } from '../../messenger/meta-apps.ts';
import { msOf } from '../../plugins/duration.ts';
import { frozen } from '../../plugins/plain-json.ts';
import type { HookResult, Plugin, PluginContext } from '../../plugins/plugin.ts';
import { bot, plugins, sequencesStartedBy } from '../bot.ts';
import { quietUntil } from '../quiet-until.ts';
import { shortName } from '../short-name.ts';
import { saveTags } from '../tags.ts';
import { addLine, remember, type Incoming } from './conversation-state.ts';
import { describeEvent } from './describe-event.ts';
import { openUntil } from './plugin-circuit-breaker.ts';
import { runHook } from './run-hook.ts';
import {
  beginBroadcast,
  onSequenceEnded,
  startSequence,
  tellSequencesOfReply,
  tellSequencesOfTopic,
} from './sequence-signals.ts';
import { newTurn, type Turn } from './turn-parts.ts';
import { sendInTurn } from './turn-send.ts';
import { closings, markTold } from './window-closing.ts';

type Occurrence = Parameters<typeof newTurn>[0];

/** Topics that answer topics end here. */
const MAX_TOPICS_PER_TURN = 100;

/** Works on one thing that came in, from its first hook to its last send. */
export async function takeTurn({
  incoming,
  ...occurrence
}: Occurrence & { readonly incoming: Incoming }): Promise<void> {
  const { conversation, state, now } = occurrence;
  const { tags } = state;
  switch (incoming.type) {
    case 'event':
      if (!remember(state, incoming.item.inboxId)) return;
      await hear(newTurn(occurrence, eventCause(incoming.item.inboxId)), incoming.item.event);
      break;
    case 'sequence-ended':
      onSequenceEnded(state, incoming.end);
      break;
    case 'broadcast':
      await beginBroadcast(newTurn(occurrence, broadcastCause(incoming.begin.occasion)), incoming.begin.name);
      break;
    case 'tags':
      state.tags = applyTagChange(state.tags, incoming.change);
      break;
    case 'take-over':
      await changeHands(newTurn(occurrence, takeOverCause(updateKey(incoming))), 'human', incoming.takeOver);
      break;
    case 'give-back':
      await changeHands(newTurn(occurrence, giveBackCause(updateKey(incoming))), 'bot', { reason: 'given back' });
      break;
  }
  if (incoming.type !== 'tags') await saveTags(conversation, tags, state.tags);
  state.lastTurnAt = now();
}

/** The update's id, not its time, which a run that was reset computes anew. States from before have no id. */
function updateKey({ at, updateId }: { readonly at: number; readonly updateId?: string }): string {
  return updateId === undefined ? String(at) : shortName(updateId);
}

/** Does what has become due: the end of a person's turn, wake-ups of plugins. */
export async function wakeUp(occurrence: Occurrence): Promise<void> {
  const { conversation, state, now } = occurrence;
  const { tags } = state;
  if (state.human?.until !== undefined && state.human.until <= now()) {
    const { occasion = state.human.until } = state.human;
    await changeHands(newTurn(occurrence, giveBackCause(occasion)), 'bot', { reason: 'time is up' });
  }
  // While a person answers the bot is silent, and its wake-ups wait.
  if (!state.human) {
    await wakePlugins(occurrence);
    await tellOfClosing(occurrence);
  }
  await saveTags(conversation, tags, state.tags);
}

async function wakePlugins(occurrence: Occurrence): Promise<void> {
  const { state, now } = occurrence;
  const quietEnd = quietUntil(now(), state.contact);
  if (quietEnd !== undefined) {
    state.wakeUps = state.wakeUps.map((wakeUp) => (wakeUp.at <= now() ? { ...wakeUp, at: quietEnd } : wakeUp));
    return;
  }
  const due = state.wakeUps.filter(({ at }) => at <= now());
  state.wakeUps = state.wakeUps.filter((wakeUp) => !due.includes(wakeUp));
  for (const [index, wakeUp] of due.entries()) {
    const { plugin: name, at, note: reminder, occasion = legacyWakeUpId(at, name, index) } = wakeUp;
    const plugin = plugins.find((candidate) => candidate.name === name);
    const until = plugin && openUntil(state, plugin, now());
    if (until !== undefined) {
      state.wakeUps = [...state.wakeUps, { plugin: name, at: until, note: reminder, occasion }];
      continue;
    }
    const turn = newTurn(occurrence, wakeUpCause(occasion));
    if (plugin?.onWake) await runHook(turn, plugin, 'onWake', (ctx) => plugin.onWake?.(ctx, reminder));
    await finish(turn);
  }
}

/** The window will close soon. One that has closed meanwhile, while a person answered, is told to nobody. */
async function tellOfClosing(occurrence: Occurrence): Promise<void> {
  const { state, now } = occurrence;
  for (const closing of closings(state)) {
    const { plugin, at, closesAt } = closing;
    if (at > now()) continue;
    markTold(state, closing);
    if (closesAt <= now()) continue;
    const turn = newTurn(occurrence, windowClosingCause(state.windowOpenedAt, plugin.name));
    await runHook(turn, plugin, 'onWindowClosing', (ctx) => plugin.onWindowClosing?.(ctx, { closesAt }));
    await finish(turn);
  }
}

async function hear(turn: Turn, incoming: InboundEvent): Promise<void> {
  const { state } = turn;
  const event = frozen(incoming);
  if (windowOpener(event)) state.windowOpenedAt = Math.max(state.windowOpenedAt ?? 0, event.at);
  note(turn, event);
  if (optSignalOf(event) === 'stop') turn.topics = [...turn.topics, { name: 'opt-out' }];
  for (const plugin of plugins) {
    if (plugin.observe) await runHook(turn, plugin, 'observe', (ctx) => plugin.observe?.(ctx, event));
  }
  if (event.kind === 'thread_control') await hearControl(turn, event);
  if (event.kind === 'echo') await hearOurSide(turn, event);
  else if (!event.isStandby && !state.human) await answer(turn, event);
  else if (event.kind === 'message' || event.kind === 'postback') await tellSequencesOfReply(turn, event);
  await finish(turn);
}

/** Whether somebody of the business speaks from now on: in Meta's inbox they wrote, or took the thread. */
export function takesOver(event: InboundEvent): boolean {
  if (event.kind === 'echo') return event.isFromInbox;
  return event.kind === 'thread_control' && event.action === 'take' && isInboxApp(event.newOwnerAppId);
}

/** Somebody else spoke for the Page. A person's word silences the bot (Meta's inbox shows it to them as theirs). */
async function hearOurSide(turn: Turn, echo: EchoEvent): Promise<void> {
  if (!echo.isFromInbox) return;
  const forMs = msOf(bot.silentAfterHuman ?? '24 hours');
  await giveTo(turn, 'human', { reason: 'a person answered in the Page inbox', forMs });
}

/** Under Conversation Routing a person of the business takes the thread in Meta's inbox, or gives it back to us. */
async function hearControl(turn: Turn, { action, newOwnerAppId, isStandby }: ThreadControlEvent): Promise<void> {
  const isInbox = isInboxApp(newOwnerAppId);
  if (action === 'take' && isInbox) {
    const forMs = msOf(bot.silentAfterHuman ?? '24 hours');
    await giveTo(turn, 'human', { reason: 'a person took the thread in the Page inbox', forMs });
  }
  if (action === 'pass' && !isInbox && !isStandby && turn.state.human) {
    await giveTo(turn, 'bot', { reason: 'the thread was passed back' });
  }
}

async function answer(turn: Turn, event: InboundEvent): Promise<void> {
  if (event.kind !== 'message' && event.kind !== 'postback') {
    await offer(turn, 'onEvent', (plugin) => plugin.onEvent && ((ctx) => plugin.onEvent?.(ctx, event)));
    return;
  }
  await tellSequencesOfReply(turn, event);
  const handledBy =
    event.kind === 'message'
      ? await offer(turn, 'onMessage', (plugin) => plugin.onMessage && ((ctx) => plugin.onMessage?.(ctx, event)))
      : await offer(turn, 'onPostback', (plugin) => plugin.onPostback && ((ctx) => plugin.onPostback?.(ctx, event)));
  // Who asked for a person wants to hear nothing more of the bot.
  if (turn.takeOver) return;
  const handledAfter = await offer(
    turn,
    'afterMessage',
    (plugin) => plugin.afterMessage && ((ctx) => plugin.afterMessage?.(ctx, event, handledBy)),
  );
  if (handledBy !== undefined || handledAfter !== undefined) return;
  turn.topics = [...turn.topics, { name: 'not-understood' }];
  if (bot.fallback) await sendInTurn(turn, bot.fallback, 'the fallback');
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
    const result = await runHook(turn, plugin, hookName, hook);
    if (result === 'handled') return plugin.name;
    if (result !== 'pass' && result !== undefined) {
      log.warn(
        `The hook ${hookName} of plugin "${plugin.name}" answered neither 'handled' nor 'pass'; taken as 'pass'`,
      );
    }
  }
  return undefined;
}

/** What hooks asked for while others were still to come. */
async function finish(turn: Turn): Promise<void> {
  for (let told = 0; turn.takeOver || turn.topics.length > 0; told += 1) {
    const { takeOver } = turn;
    delete turn.takeOver;
    if (takeOver) await giveTo(turn, 'human', takeOver);
    if (told > MAX_TOPICS_PER_TURN) {
      log.error(
        `More than ${MAX_TOPICS_PER_TURN} topics in one turn: do two plugins answer each other? The rest is left out`,
      );
      turn.topics = [];
    }
    await tellFirstTopic(turn);
  }
}

async function changeHands(turn: Turn, to: 'human' | 'bot', takeOver: TakeOver): Promise<void> {
  await giveTo(turn, to, takeOver);
  await finish(turn);
}

/** The talk changes hands: plugins and sequences are told once. */
async function giveTo(turn: Turn, to: 'human' | 'bot', { reason, forMs }: TakeOver): Promise<void> {
  const { state } = turn;
  const hadHuman = state.human !== undefined;
  if (to === 'human') {
    state.human = { reason, occasion: turn.cause.id, ...(forMs !== undefined && { until: turn.now() + forMs }) };
  } else delete state.human;
  turn.show();
  if (hadHuman !== (to === 'human')) {
    for (const plugin of plugins) {
      if (plugin.onHandoff) await runHook(turn, plugin, 'onHandoff', (ctx) => plugin.onHandoff?.(ctx, { to, reason }));
    }
    if (to === 'human') turn.topics = [...turn.topics, { name: 'handoff' }];
  }
}

/** Tells plugins and sequences what was emitted; what they emit in turn comes after it. */
async function tellFirstTopic(turn: Turn): Promise<void> {
  const [topic, ...others] = turn.topics;
  turn.topics = others;
  if (!topic) return;
  for (const plugin of plugins) {
    if (plugin.onTopic) await runHook(turn, plugin, 'onTopic', (ctx) => plugin.onTopic?.(ctx, topic));
  }
  await tellSequencesOfTopic(turn, topic);
  for (const sequence of sequencesStartedBy(topic.name)) await startSequence(turn, sequence.name, topic.data);
}

function note(turn: Turn, event: InboundEvent): void {
  const text = describeEvent(event);
  const by = event.kind !== 'echo' ? 'person' : event.isFromInbox ? 'human' : 'other app';
  addLine(turn.state, { at: event.at, by, text });
}
