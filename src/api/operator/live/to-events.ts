import { conversationParts, type ConversationId } from '../../../domain/conversation-id.ts';
import type { Change } from '../../../store/changes/index.ts';
import type { Contact } from '../../../store/contacts.ts';
import type { FoundLine } from '../../../store/conversations/found-lines.ts';
import type { ListedConversation } from '../../../store/conversations/list.ts';
import type { Store } from '../../../store/index.ts';
import type { Note } from '../../../store/notes.ts';
import type { PresentOperator } from '../../../store/presence.ts';
import type { LiveEvent } from '../schemas/live.ts';
import { isoTimeOrNull, toSummary } from '../views/conversation.ts';
import { toMessageView } from '../views/message.ts';
import { toNoteView } from '../views/note.ts';
import { toPresentViews } from '../views/presence.ts';

/** An event, and the Page whose operators see it. */
export interface PageEvent {
  readonly pageId: string;
  readonly event: LiveEvent;
}

/** The store, as far as events are made from it. */
export type EventSource = Pick<Store, 'conversations' | 'notes' | 'presence' | 'deadEvents'>;

/** The Page that a change is about. */
export function pageOf({ kind, conversation, ref }: Change): string {
  return kind === 'dead_event' ? (ref ?? '') : (conversationParts(conversation)?.pageId ?? '');
}

/** What to say of these changes: the state as it is now, once for each thing that changed. */
export async function toEvents(store: EventSource, changes: readonly Change[]): Promise<readonly PageEvent[]> {
  const found = await readChanged(store, changes);
  const ofConversations = changes.filter(({ kind }) => kind !== 'dead_event');
  const dead = [...new Set(changes.filter(({ kind }) => kind === 'dead_event').map(pageOf))];
  return [
    ...[...groupBy(ofConversations, ({ conversation }) => conversation).values()].flatMap((group) =>
      eventsOf(group, found),
    ),
    ...(await Promise.all(dead.map((pageId) => deadEventsOf(store, pageId)))),
  ];
}

/** The rows that changes name, as they are now. */
interface ChangedRows {
  /** Real time, epoch ms. */
  readonly readAt: number;
  readonly conversations: ReadonlyMap<string, ListedConversation>;
  readonly lines: ReadonlyMap<string, readonly FoundLine[]>;
  readonly notes: ReadonlyMap<string, Note>;
  readonly present: ReadonlyMap<string, readonly PresentOperator[]>;
}

async function readChanged(store: EventSource, changes: readonly Change[]): Promise<ChangedRows> {
  const messages = changes.filter(({ kind }) => kind === 'message');
  const readAt = Date.now();
  const present = changes.filter(({ kind }) => kind === 'presence');
  const [conversations, lines, notes, operators] = await Promise.all([
    store.conversations.listed([...new Set(changes.map(({ conversation }) => conversation as ConversationId))], readAt),
    store.conversations.findLines({
      messages: messages.map((change) => ({ pageId: pageOf(change), mid: change.ref ?? '' })),
      sendIds: refsOf(changes, 'send'),
    }),
    store.notes.find(refsOf(changes, 'note')),
    store.presence.list([...new Set(present.map(({ conversation }) => conversation as ConversationId))], readAt),
  ]);
  return {
    readAt,
    conversations: new Map(conversations.map((one) => [one.contact.conversation, one])),
    lines: groupBy(lines, ({ conversation }) => conversation),
    notes: new Map(notes.map((note) => [note.noteId, note])),
    present: groupBy(operators, ({ conversation }) => conversation),
  };
}

function eventsOf(changes: readonly Change[], rows: ChangedRows): readonly PageEvent[] {
  const [first] = changes;
  if (!first) return [];
  const { conversation } = first;
  const kinds = new Set(changes.map(({ kind }) => kind));
  const listed = rows.conversations.get(conversation);
  const events: (LiveEvent | undefined)[] = listed
    ? [
        kinds.has('message') || kinds.has('conversation')
          ? { event: 'conversation', data: toSummary(listed, rows.readAt) }
          : undefined,
        toMessages(listed.contact, rows.lines.get(conversation) ?? []),
        kinds.has('receipts') ? toReceipts(listed.contact) : undefined,
        toNotes(conversation, refsOf(changes, 'note'), rows.notes),
        kinds.has('presence') ? toPresence(conversation, rows.present.get(conversation) ?? []) : undefined,
      ]
    : [kinds.has('erased') ? { event: 'erased', data: { conversation } } : undefined];
  const pageId = pageOf(first);
  return events.flatMap((event) => (event ? [{ pageId, event }] : []));
}

function toMessages(contact: Contact, lines: readonly FoundLine[]): LiveEvent | undefined {
  if (lines.length === 0) return undefined;
  const data = {
    conversation: contact.conversation,
    items: lines
      .filter(({ isUnsent }) => !isUnsent)
      .toSorted((one, other) => one.line.at - other.line.at)
      .map(({ line }) => toMessageView(line, contact)),
    removed: lines.filter(({ isUnsent }) => isUnsent).map(({ line }) => line.id),
  };
  return { event: 'messages', data };
}

function toReceipts({ conversation, deliveredUntil, readUntil }: Contact): LiveEvent {
  const data = { conversation, deliveredUntil: isoTimeOrNull(deliveredUntil), readUntil: isoTimeOrNull(readUntil) };
  return { event: 'receipts', data };
}

function toPresence(conversation: string, operators: readonly PresentOperator[]): LiveEvent {
  return { event: 'presence', data: { conversation, operators: toPresentViews(operators) } };
}

function toNotes(
  conversation: string,
  noteIds: readonly string[],
  notes: ReadonlyMap<string, Note>,
): LiveEvent | undefined {
  if (noteIds.length === 0) return undefined;
  const items = noteIds.flatMap((noteId) => notes.get(noteId) ?? []).map(toNoteView);
  return { event: 'notes', data: { conversation, items, removed: noteIds.filter((noteId) => !notes.has(noteId)) } };
}

async function deadEventsOf({ deadEvents }: EventSource, pageId: string): Promise<PageEvent> {
  return { pageId, event: { event: 'dead_events', data: { page: pageId, dead: await deadEvents.count(pageId) } } };
}

/** The names of the rows that changed in this way. */
function refsOf(changes: readonly Change[], kind: Change['kind']): readonly string[] {
  return [...new Set(changes.flatMap((change) => (change.kind === kind && change.ref !== null ? [change.ref] : [])))];
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
