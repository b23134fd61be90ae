/** The body of a post, in the format of its destination. */

import { conversationParts } from '../domain/conversation-id.ts';
import { isOwnTopic, type DestinationFormat, type OwnTopic } from '../domain/outgoing-event.ts';
import type { LeasedEvent } from '../store/outbox/index.ts';

/** Slack shows longer texts cut, or not at all. */
const MAX_SLACK_CHARS = 2000;

/** What a body is made of. */
export type PostedEvent = Pick<LeasedEvent, 'topic' | 'conversation' | 'pageId' | 'at' | 'data'>;

/** The same event in the same format is the same text: it is signed, and a receiver may compare posts. */
export function writePost(event: PostedEvent, format: DestinationFormat): string {
  return JSON.stringify(format === 'slack' ? { text: slackText(event) } : standardBody(event));
}

function standardBody({ topic, conversation, pageId, at, data }: PostedEvent): object {
  const parts = conversation && conversationParts(conversation);
  return {
    type: topic,
    timestamp: new Date(at).toISOString(),
    data: { ...(conversation && { conversation }), ...(parts ?? { pageId }), ...data },
  };
}

/** A fact of the event as text; empty if it has none. */
type Fact = (name: string) => string;

/** Sentences for people, in Slack's markup. */
const SENTENCES: Readonly<Record<OwnTopic, (fact: Fact) => string>> = {
  handoff: (fact) => `*${who(fact)}* waits for an operator: ${fact('reason')}.`,
  'handoff.unanswered': (fact) => `*${who(fact)}* still waits for an operator, since ${fact('waitingSince')}.`,
  'handoff.taken': (fact) => `${fact('by') || 'An operator'} answers *${who(fact)}*.`,
  'handoff.ended': (fact) => `The bot answers *${who(fact)}* again.`,
  'opt-out': () => 'Somebody wants no more messages.',
  'opt-in': () => 'Somebody wants messages again.',
  'lead.created': (fact) => `A new lead in the form *${fact('form')}*:\n${fact('fields')}`,
  'circuit-breaker.opened': (fact) =>
    `Nothing is sent for Page ${fact('pageId')}: ${fact('reason')} (${fact('code')}). everthread doctor has the cure.`,
  'circuit-breaker.closed': (fact) => `Page ${fact('pageId')} sends again.`,
  'dead-event': (fact) =>
    `Temporal rejected the inbox event ${fact('inboxId')}: ${fact('reason')}. everthread dead list has it.`,
};

function who(fact: Fact): string {
  return fact('name') || 'Somebody';
}

/** People write names and texts: none of them mentions a channel, or hides where a link leads. */
function slackText({ topic, conversation, pageId, data }: PostedEvent): string {
  const facts: Readonly<Record<string, unknown>> = { ...data, pageId };
  const text = isOwnTopic(topic)
    ? SENTENCES[topic]((name) => toText(facts[name]))
    : `*${topic}* ${JSON.stringify(data)}`;
  const escaped = escapeSlack(text.slice(0, MAX_SLACK_CHARS).replaceAll(/\p{Cs}/gu, '\uFFFD'));
  return conversation ? `${escaped}\n\`${conversation}\`` : escaped;
}

/** A line for each field of a lead; everything else as it is. */
function toText(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${toText(inner)}`)
    .join('\n');
}

/** Between two characters, without being seen: Mattermost and Rocket.Chat, which read Markdown and mentions, see neither. */
const WORD_JOINER = '\u2060';

function escapeSlack(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  // The @ of an address of email has a letter or a digit before it, and stays.
  return escaped.replaceAll(/(?<![\p{L}\p{N}])@/gu, `@${WORD_JOINER}`).replaceAll('](', `]${WORD_JOINER}(`);
}
