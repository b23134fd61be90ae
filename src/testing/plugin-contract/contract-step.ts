import { conversationId, type ConversationId } from '../../domain/conversation-id.ts';
import { EXAMPLE_PAGE_ID } from '../../domain/example-ids.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';

/**
 * One step of a plugin contract: a text that the person writes, any inbound event, the payload of a tapped button, a
 * topic, a handoff, or a wake-up with its note.
 */
export type ContractStep =
  | string
  | InboundEvent
  | { readonly tap: string }
  | { readonly topic: string; readonly data?: unknown }
  | { readonly handoff: 'human' | 'bot' }
  | { readonly wake: string };

/** Everything the runtime stores of one person between two events: plain JSON. */
export interface PersonState {
  readonly conversation: ConversationId;
  /** The plugin's own state; missing until a hook has run. */
  readonly state?: object;
  readonly tags: readonly string[];
  readonly wakeUps: readonly { readonly at: number; readonly note: string }[];
  /** How many steps were run. */
  readonly steps: number;
}

/** The state of a person before their first event. */
export function newPersonState(psid: string): PersonState {
  return {
    conversation: conversationId({ channel: 'messenger', pageId: EXAMPLE_PAGE_ID, psid }),
    tags: [],
    wakeUps: [],
    steps: 0,
  };
}

/** The event of a text or a tap. */
export function inboundEventOf(step: string | { readonly tap: string }, person: PersonState, at: number): InboundEvent {
  const { conversation, steps } = person;
  const mid = `m_${steps}`;
  const event = {
    channel: 'messenger' as const,
    pageId: EXAMPLE_PAGE_ID,
    psid: conversation.split(':').at(-1) ?? '',
    conversation,
    at,
    dedupeKey: `step-${steps}`,
    isStandby: false,
    mid,
  };
  if (typeof step === 'string') return { ...event, kind: 'message', text: step, attachments: [], commands: [] };
  return { ...event, kind: 'postback', title: step.tap, payload: step.tap };
}

/** The step in the words of a complaint: `at the text "price"`. */
export function describeStep(step: ContractStep): string {
  if (typeof step === 'string') return `at the text "${step}"`;
  if ('kind' in step) return `at ${/^[aeiou]/.test(step.kind) ? 'an' : 'a'} ${step.kind} event (${step.dedupeKey})`;
  return `at ${JSON.stringify(step)}`;
}
