import type { Transaction } from 'kysely';
import type { ConversationId } from '../domain/conversation-id.ts';
import type {
  EchoEvent,
  EditEvent,
  InboundEvent,
  MessageEvent,
  UnsendEvent,
} from '../messenger/inbound/inbound-event.ts';
import type { Database } from './db/database.ts';
import { shortKey } from './db/short-key.ts';
import type { MessagesTable, Tables } from './db/tables.ts';

/** One line of a talk. */
export interface StoredTranscriptLine {
  readonly mid: string;
  readonly author: MessagesTable['author'];
  readonly text?: string;
  /** What came with it. Meta signs the addresses, and they expire: what must stay has to be copied at once. */
  readonly attachments?: readonly { readonly type: string; readonly expiringUrl?: string }[];
  readonly at: number;
}

export interface Transcript {
  /** The newest lines, oldest of them first. */
  readLast(conversation: ConversationId, limit: number): Promise<StoredTranscriptLine[]>;
}

export function createTranscript({ db }: Pick<Database, 'db'>): Transcript {
  return {
    async readLast(conversation, limit) {
      const rows = await db
        .selectFrom('messages')
        .select(['mid', 'author', 'text', 'at', 'attachments_json'])
        .where('conversation', '=', conversation)
        .where('deleted_at', 'is', null)
        .orderBy('at', 'desc')
        .orderBy('mid', 'desc')
        .limit(limit)
        .execute();
      return rows.toReversed().map(({ text, attachments_json, ...line }) => ({
        ...line,
        ...(text !== null && { text }),
        ...(attachments_json !== null && {
          attachments: JSON.parse(attachments_json) as NonNullable<StoredTranscriptLine['attachments']>,
        }),
      }));
    },
  };
}

/**
 * Writes an event into the talk, where it belongs there: what was said, changed or taken back. What changes a message
 * may come before the message, and what is taken back stays so.
 */
export async function recordTranscriptLine(trx: Transaction<Tables>, event: InboundEvent): Promise<void> {
  if (!event.conversation) return;
  if (event.kind === 'message' || event.kind === 'echo') await recordNewLine(trx, event);
  if (event.kind === 'edit') await recordEdit(trx, event);
  if (event.kind === 'unsend') await recordUnsend(trx, event);
}

async function recordNewLine(trx: Transaction<Tables>, event: MessageEvent | EchoEvent): Promise<void> {
  const author = event.kind === 'message' ? 'person' : echoAuthor(event);
  const line = toMessageRow(event, { author, text: event.text ?? null, attachments_json: attachmentsJson(event) });
  await trx
    .insertInto('messages')
    .values(line)
    // Its edit came first: the words stay, the place in the talk is that of the message.
    .onConflict((conflict) =>
      conflict
        .columns(['page_id', 'mid'])
        .doUpdateSet({ at: line.at, author, attachments_json: line.attachments_json })
        .where('messages.edited_at', 'is not', null),
    )
    .execute();
}

async function recordEdit(trx: Transaction<Tables>, event: EditEvent): Promise<void> {
  const change = { text: event.text, edited_at: event.at };
  await trx
    .insertInto('messages')
    .values(toMessageRow(event, { author: 'person', ...change }))
    .onConflict((conflict) =>
      conflict
        .columns(['page_id', 'mid'])
        .doUpdateSet(change)
        .where('messages.deleted_at', 'is', null)
        .where((eb) => eb.or([eb('messages.edited_at', 'is', null), eb('messages.edited_at', '<=', event.at)])),
    )
    .execute();
}

async function recordUnsend(trx: Transaction<Tables>, event: UnsendEvent): Promise<void> {
  const change = { text: null, attachments_json: null, deleted_at: event.at };
  await trx
    .insertInto('messages')
    .values(toMessageRow(event, { author: 'person', ...change }))
    .onConflict((conflict) => conflict.columns(['page_id', 'mid']).doUpdateSet(change))
    .execute();
}

type LineEvent = MessageEvent | EchoEvent | EditEvent | UnsendEvent;

function toMessageRow(
  event: LineEvent,
  fields: Pick<MessagesTable, 'author' | 'text'> & Partial<MessagesTable>,
): MessagesTable {
  return {
    page_id: event.pageId,
    mid: shortKey(event.mid),
    conversation: event.conversation ?? '',
    at: event.at,
    edited_at: null,
    deleted_at: null,
    send_id: null,
    attachments_json: null,
    ...fields,
  };
}

function attachmentsJson({ attachments }: MessageEvent | EchoEvent): string | null {
  if (attachments.length === 0) return null;
  return JSON.stringify(attachments.map(({ type, url }) => ({ type, ...(url !== undefined && { expiringUrl: url }) })));
}

/** Ours are named `bot` or `human` by the ledger when the send is recorded. */
function echoAuthor(echo: EchoEvent): MessagesTable['author'] {
  if (echo.isFromInbox) return 'human';
  return echo.metadata === undefined ? 'other_app' : 'bot';
}
