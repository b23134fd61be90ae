/** What other systems are told: events under a topic, and the patterns by which a destination chooses among them. */

import type { ConversationId } from './conversation-id.ts';
import { MAX_TOPIC_NAME_CHARS } from './topic.ts';

/** The topics that everthread itself tells of. A bot's topic of the same name is not sent. */
export const OWN_TOPICS = [
  'lead.created',
  'handoff',
  'handoff.taken',
  'handoff.ended',
  'handoff.unanswered',
  'opt-out',
  'opt-in',
  'circuit-breaker.opened',
  'circuit-breaker.closed',
  'dead-event',
] as const;
/** One of {@link OWN_TOPICS}. */
export type OwnTopic = (typeof OWN_TOPICS)[number];

/** Something that happened, for the destinations that want its topic. */
export interface OutgoingEvent {
  /** One of {@link OWN_TOPICS}, or a topic of the bot. */
  readonly topic: string;
  /** Tells it from others of its topic, so that an event that is recorded twice is sent once. */
  readonly key: string;
  /** The person it is about: the events of one person are sent in order. */
  readonly conversation?: ConversationId;
  /** The Page, or the Instagram account. Events about no person are sent in its order. */
  readonly pageId: string;
  /** When it happened, epoch ms, by the person's clock. */
  readonly at: number;
  /** Plain JSON. */
  readonly data: object;
}

/** A topic of the bot that its turn emitted, as it leaves the conversation. */
export interface EmittedTopic {
  readonly name: string;
  readonly data?: unknown;
  /** Made of the turn's cause: the same when the turn runs again. */
  readonly key: string;
  /** Epoch ms, by the person's clock. */
  readonly at: number;
}

/** How the body of a post is written: as the specification Standard Webhooks has it, or as a message for Slack. */
export const DESTINATION_FORMATS = ['standard', 'slack'] as const;
/** One of {@link DESTINATION_FORMATS}. */
export type DestinationFormat = (typeof DESTINATION_FORMATS)[number];

/** The most patterns of one destination. */
export const MAX_TOPIC_PATTERNS = 50;

/** Whether everthread itself tells of this topic. */
export function isOwnTopic(topic: string): topic is OwnTopic {
  return (OWN_TOPICS as readonly string[]).includes(topic);
}

/** Whether a text is a name of a topic, a prefix with `.*`, or `*`. */
export function isTopicPattern(text: string): boolean {
  if (text.length > MAX_TOPIC_NAME_CHARS || text.trim() !== text) return false;
  return text === '*' || /^[^*\p{Cc}]+(?:\.\*)?$/u.test(text);
}

/** Whether a topic is chosen: by its name, by a prefix as in `lead.*`, or by `*`, which chooses all. */
export function isWanted(patterns: readonly string[], topic: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*') return true;
    return pattern.endsWith('.*') ? topic.startsWith(pattern.slice(0, -1)) : topic === pattern;
  });
}
