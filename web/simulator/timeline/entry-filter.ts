import type { TimelineEntryView } from '../views.ts';

/** Which entries of the timeline are shown. */
export interface EntryFilter {
  readonly kind: EntryKind;
  /** Letters that must be in an entry: in its title, its calls or its answers. */
  readonly text: string;
}

/** The choices, and their names on the page. */
export const ENTRY_KINDS = {
  all: 'Everything',
  person: 'By the person',
  bot: 'By the bot',
  problems: 'Problems',
  messages: 'Messages only',
} as const;
/** One of {@link ENTRY_KINDS}. */
export type EntryKind = keyof typeof ENTRY_KINDS;

/** Whether the filter lets an entry through. */
export function fitsFilter(entry: TimelineEntryView, { kind, text }: EntryFilter): boolean {
  return isOfKind(entry, kind) && (text === '' || JSON.stringify(entry).toLowerCase().includes(text.toLowerCase()));
}

function isOfKind(entry: TimelineEntryView, kind: EntryKind): boolean {
  switch (kind) {
    case 'all':
      return true;
    case 'person':
      return entry.kind === 'said' || entry.kind === 'signal';
    case 'bot':
      return entry.kind === 'sent' || entry.kind === 'bot';
    case 'messages':
      return entry.mid !== undefined;
    case 'problems':
      return hasProblem(entry);
  }
}

function hasProblem({ kind, send, webhooks }: TimelineEntryView): boolean {
  if (kind === 'bot') return true;
  if (send && (send.outcome !== 'accepted' || send.fault !== undefined || send.meaning !== undefined)) return true;
  return webhooks.some(({ isAccepted, tries }) => !isAccepted || tries > 1);
}
