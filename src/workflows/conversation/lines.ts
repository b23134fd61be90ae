/** The last lines of a conversation, which plugins read as `ctx.lines` and Temporal's UI shows. */

import type { TranscriptLine } from '../../domain/transcript-line.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { cutText } from '../text.ts';
import type { ConversationState } from './conversation-state.ts';

const MAX_LINES = 10;
const MAX_LINE_CHARS = 500;

/** Adds a line and drops the oldest one above {@link MAX_LINES}. */
export function addLine(state: ConversationState, line: TranscriptLine): void {
  state.lines.push({ ...line, text: cutText(line.text, MAX_LINE_CHARS) });
  if (state.lines.length > MAX_LINES) state.lines.shift();
}

/** Adds an inbound event as a line. */
export function addEventLine(state: ConversationState, event: InboundEvent): void {
  const by = event.kind !== 'echo' ? 'person' : event.isFromInbox ? 'human' : 'other app';
  addLine(state, { at: event.at, by, text: describeEvent(event) });
}

/** An event as text; what has no words stands in brackets. */
function describeEvent(event: InboundEvent): string {
  switch (event.kind) {
    case 'message':
    case 'echo':
      return [event.text, ...event.attachments.map(({ type }) => `[${type}]`)].filter(Boolean).join(' ');
    case 'postback':
      return `[tap] ${event.title ?? event.payload ?? ''}`;
    case 'reaction':
      return event.action === 'react' ? `[reaction] ${event.emoji ?? event.reaction ?? ''}` : '[reaction removed]';
    case 'edit':
      return `[edit] ${event.text}`;
    default:
      return `[${event.kind.replaceAll('_', ' ')}]`;
  }
}
