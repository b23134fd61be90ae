/** The body of a post, in the format of its destination. */

import { conversationParts } from '../domain/conversation-id.ts';
import type { DestinationFormat, OwnTopic } from '../domain/outgoing-event.ts';
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

type Facts = Readonly<Record<string, unknown>>;

/** Sentences for people, in Slack's markup. */
const SENTENCES: Readonly<Record<OwnTopic, (facts: Facts) => string>> = {
  handoff: ({ who, reason }) => `*${who}* waits for an operator${because(reason)}.`,
  'handoff.unanswered': ({ who, waitingSince }) => `*${who}* still waits for an operator, since ${waitingSince}.`,
  'handoff.taken': ({ who, by }) => `${by ?? 'An operator'} answers *${who}*.`,
  'handoff.ended': ({ who }) => `The bot answers *${who}* again.`,
  'opt-out': ({ who }) => `*${who}* wants no more messages.`,
  'opt-in': ({ who }) => `*${who}* wants messages again.`,
  'lead.created': ({ form, fields }) => `A new lead in the form *${form}*:\n${fieldLines(fields)}`,
  'circuit-breaker.opened': ({ pageId, reason, code }) =>
    `Nothing is sent for Page ${pageId}: ${reason} (${code}). everthread doctor has the cure.`,
  'circuit-breaker.closed': ({ pageId }) => `Page ${pageId} sends again.`,
  'dead-event': ({ inboxId, reason }) => `Temporal rejected the inbox event ${inboxId}: ${reason}. everthread dead list has it.`,
};

/** People write names and texts: escaped, none of them mentions a channel or links anywhere. */
function slackText({ topic, conversation, pageId, data }: PostedEvent): string {
  const { name } = data as { readonly name?: string | null };
  const facts = { ...data, pageId, who: name ?? 'Somebody' };
  const write = Object.hasOwn(SENTENCES, topic) ? SENTENCES[topic as OwnTopic] : undefined;
  const text = write ? write(facts) : `*${topic}* ${JSON.stringify(data)}`;
  const escaped = escapeSlack(text.slice(0, MAX_SLACK_CHARS));
  return conversation ? `${escaped}\n\`${conversation}\`` : escaped;
}

function because(reason: unknown): string {
  return reason === undefined ? '' : `: ${String(reason)}`;
}

function fieldLines(fields: unknown): string {
  return Object.entries(fields as Facts)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n');
}

function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
