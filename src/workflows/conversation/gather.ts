/** Bursts: several messages of a person within a short time are one turn, such as a photo and its caption. */

import { condition, patched } from '@temporalio/workflow';
import type { InboundEvent, MessageEvent } from '../../messenger/inbound/inbound-event.ts';
import { optSignalOf } from '../../messenger/inbound/opt-signal.ts';
import { msOf } from '../../plugins/duration.ts';
import { MAX_BURST_MESSAGES, MAX_GATHER_MS } from '../../plugins/limits.ts';
import { bot } from '../bot.ts';
import type { ConversationState, Incoming } from './conversation-state.ts';

/** Without `gather`: how long a file without words waits for its caption, which Meta sends as a message of its own. */
const CAPTION_MS = 2000;
/** Histories from before this patch have a turn for each message. */
const GATHER_PATCH = 'gather-bursts';

/** Where the messages wait, and when the last of them came (the workflow's time, epoch ms). */
export interface ArrivingMessages {
  readonly state: ConversationState;
  readonly queue: readonly Incoming[];
  readonly lastArrivalAt: () => number;
  readonly now: () => number;
}

/** Whether the first of the queue may begin a burst. While an operator answers, nothing needs to be gathered. */
export function mayGather({ state, queue }: ArrivingMessages): boolean {
  return !state.human && expectsMore(queue[0]);
}

/**
 * How many items at the head of the queue are one turn: 1, or more for a burst. Waits for the rest of a burst that may not be
 * over, at most {@link MAX_GATHER_MS}; a bot without `gather` waits only after a file.
 */
export async function gatherBurst(arriving: ArrivingMessages): Promise<number> {
  const { queue, now } = arriving;
  const startsAt = now();
  for (;;) {
    const size = burstSize(queue);
    const mayGrow = size < MAX_BURST_MESSAGES && isWholeQueue(queue, size) && expectsMore(queue[size - 1]);
    if ((size === 1 && !mayGrow) || !patched(GATHER_PATCH)) return 1;
    const until = Math.min(startsAt + MAX_GATHER_MS, arriving.lastArrivalAt() + maxGapMs());
    if (!mayGrow || now() >= until) return size;
    const isOver = () =>
      queue.length >= MAX_BURST_MESSAGES || !isWholeQueue(queue, burstSize(queue)) || !expectsMore(queue.at(-1));
    await condition(isOver, until - now(), { summary: 'gathers a burst' });
  }
}

/** The longest time from one message of a burst to the next, ms; 0 when nothing is gathered. */
function maxGapMs(): number {
  const { gather } = bot();
  if (gather === false) return 0;
  return gather === undefined ? CAPTION_MS : msOf(gather);
}

function isWholeQueue(queue: readonly Incoming[], size: number): boolean {
  return queue.length === size;
}

/** The first item, and the messages that follow it in time, {@link MAX_BURST_MESSAGES} at most, by Meta's times, which are the same when the run is reset. */
function burstSize(queue: readonly Incoming[]): number {
  const first = messageOf(queue[0]);
  let size = 1;
  for (let last = first; first && last && size < MAX_BURST_MESSAGES && expectsMore(queue[size - 1]); size += 1) {
    const next = messageOf(queue[size]);
    if (!next || next.at - last.at > maxGapMs() || next.at - first.at > MAX_GATHER_MS) break;
    last = next;
  }
  return size;
}

/** Whether another message may belong to the burst of this one. */
function expectsMore(incoming: Incoming | undefined): boolean {
  const message = messageOf(incoming);
  if (!message || maxGapMs() === 0) return false;
  return bot().gather !== undefined || (message.text === undefined && message.attachments.length > 0);
}

/** A message that can be part of a burst: one that says something by itself, such as a tap or "stop", has a turn of its own. */
function messageOf(incoming: Incoming | undefined): MessageEvent | undefined {
  const event: InboundEvent | undefined = incoming?.type === 'event' ? incoming.item.event : undefined;
  if (event?.kind !== 'message' || event.isStandby || optSignalOf(event) !== undefined) return undefined;
  const { quickReply, commands, hopAppId, isUnsupported } = event;
  const isPlain = quickReply === undefined && commands.length === 0 && hopAppId === undefined && !isUnsupported;
  return isPlain ? event : undefined;
}
