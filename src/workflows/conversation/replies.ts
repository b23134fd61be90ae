/**
 * How sequences get the person's message or tap. Before the plugins, a reply stops the runs that end on a reply. A reply that
 * no plugin handles is offered to the runs that wait. At the end of the turn, after all its sends, each run gets the reply.
 */

import { condition, log, patched } from '@temporalio/workflow';
import type { MessageEvent, PostbackEvent } from '../../messenger/inbound/inbound-event.ts';
import { mayStopOnReply } from '../bot.ts';
import { signalSequence } from './sequence-signals.ts';
import type { Turn } from './turn.ts';

/** The person's message or tap. */
export type ReplyEvent = MessageEvent | PostbackEvent;

/**
 * The open runs when a reply comes, by the sequence's name; the value is the id of their cause. A run that begins in the turn
 * does not get the reply.
 */
export type RunningSequences = Readonly<Record<string, string>>;

/** Histories from before this patch signal a reply once, before the plugins. */
const AFTER_PLUGINS_PATCH = 'replies-after-plugins';
/** How long the answer to an offer may take: a run that is in the middle of a send answers after it. */
const MAX_OFFER_MS = 5000;

/**
 * Before the plugins: ends the runs that a reply stops, so that a plugin can start them anew. Resolves to the runs that get
 * the reply later.
 */
export async function announceReply(
  turn: Turn,
  reply: ReplyEvent,
  running: RunningSequences,
): Promise<RunningSequences> {
  const names = Object.keys(turn.state.sequences);
  if (names.length === 0) return {};
  if (!patched(AFTER_PLUGINS_PATCH)) {
    for (const name of names) await signalSequence(turn, name, 'reply', reply);
    return {};
  }
  for (const name of stillRunning(turn, running))
    if (mayStopOnReply(name)) await signalSequence(turn, name, 'announce');
  return running;
}

/** Offers the runs a reply that no plugin handled; resolves to the name of the sequence that waits for it, if one does. */
export async function offerReply(
  turn: Turn,
  reply: ReplyEvent,
  running: RunningSequences,
): Promise<string | undefined> {
  const { offerAnswers, cause } = turn;
  await Promise.all(stillRunning(turn, running).map((name) => signalSequence(turn, name, 'offer', reply, cause.id)));
  const asked = stillRunning(turn, running);
  const taker = () => asked.find((name) => offerAnswers.find(name, cause.id));
  const isAnswered = () =>
    taker() !== undefined || asked.every((name) => offerAnswers.find(name, cause.id) !== undefined);
  if (isAnswered()) return taker();
  const summary = 'Asks sequences whether they wait for this reply';
  if (!(await condition(isAnswered, MAX_OFFER_MS, { summary }))) {
    log.warn('A sequence did not say in time whether it waits for a reply; the bot answers', {
      sequences: asked.filter((name) => offerAnswers.find(name, cause.id) === undefined),
    });
  }
  return taker();
}

/** Gives the reply to the runs, at the end of the turn: what they say comes after what the turn said. */
export async function giveReply(turn: Turn, reply: ReplyEvent, running: RunningSequences): Promise<void> {
  for (const name of stillRunning(turn, running)) await signalSequence(turn, name, 'reply', reply, turn.cause.id);
}

function stillRunning({ state }: Turn, running: RunningSequences): string[] {
  return Object.keys(running).filter((name) => state.sequences[name] === running[name]);
}
