/** The brake of a conversation: it stops two bots that answer each other. */

import { log, patched } from '@temporalio/workflow';
import { bot } from '../bot.ts';
import { formatUtcMinute } from '../time.ts';
import type { ReplyEvent } from './replies.ts';
import type { Turn } from './turn.ts';

/** A person who reads each answer and types does not send so many messages in a row within {@link MAX_ANSWER_MS}. */
const DEFAULT_MAX_EXCHANGES = 50;
/** A message that comes later than this after the bot's answer, ms, is not from another bot. */
const MAX_ANSWER_MS = 15_000;
/** How long the brake stays on. */
const BRAKE_MS = 10 * 60_000;
/** Histories from before this patch have no brake. */
const BRAKE_PATCH = 'brake';

/**
 * Counts an exchange, and says whether the brake keeps the bot from answering. An exchange is a typed message that came soon
 * after the bot had answered the one before. Messages that came while the bot was busy do not count: they are a burst. A tap
 * ends the count and releases the brake, because only a person taps.
 */
export function isBraked(turn: Turn, reply: ReplyEvent): boolean {
  const { state, now } = turn;
  const max = bot().brake ?? DEFAULT_MAX_EXCHANGES;
  if (max === false) return false;
  const { exchanges } = state;
  if (exchanges?.brakedUntil !== undefined && now() < exchanges.brakedUntil && isTyped(reply)) return true;
  const isInTime =
    exchanges !== undefined && exchanges.brakedUntil === undefined && now() - exchanges.answeredAt <= MAX_ANSWER_MS;
  if (!isInTime || !isTyped(reply)) {
    delete state.exchanges;
    return false;
  }
  if (turn.wasIdle) exchanges.count += 1;
  if (exchanges.count < max || !patched(BRAKE_PATCH)) return false;
  exchanges.brakedUntil = now() + BRAKE_MS;
  log.warn(
    `The last ${max} messages of this conversation each came within ${MAX_ANSWER_MS / 1000} seconds of an answer. Two bots may be answering each other: this one is silent until ${formatUtcMinute(exchanges.brakedUntil)} UTC (brake)`,
  );
  return true;
}

/** Remembers when the bot has answered. */
export function noteAnswer(turn: Turn): void {
  if (turn.sends === 0 || bot().brake === false) return;
  turn.state.exchanges = { count: 0, ...turn.state.exchanges, answeredAt: turn.now() };
}

function isTyped(reply: ReplyEvent): boolean {
  return reply.kind === 'message' && reply.quickReply === undefined;
}
