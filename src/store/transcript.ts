import type { Transaction } from 'kysely';
import type { ConversationId } from '../domain/conversation-id.ts';
import type {
  EchoEvent,
  EditEvent,
  InboundEvent,
  MessageEvent,
  UnsendEvent,
} from '../messenger/inbound/inbound-event.ts';
import { compileOnce } from './db/compile-once.ts';
import type { Database } from './db/database.ts';
import { shortKey } from './db/short-key.ts';
import type { MessagesTable, Tables } from './db/tables.ts';
import { cipherOf, type Opened } from './encryption/column-cipher.ts';
import type { EchoOrigin, OriginOf } from './inbox/echo-origin.ts';

/** Who wrote a message; `human` is an operator. */
export type MessageAuthor = MessagesTable['author'];

/** One message of a conversation. */
export interface StoredTranscriptLine {
  /** Meta's message id; a hash if it is long. */
  readonly mid: string;
  readonly author: MessagesTable['author'];
  readonly text?: string;
  /** Meta signs the addresses and they expire: copy at once what must stay. */
  readonly attachments?: readonly { readonly type: string; readonly expiringUrl?: string }[];
  readonly at: number;
}

/** What was said in conversations, without messages that were unsent. */
export interface Transcript {
  /** The newest lines, in the order in which they were said. */
  readLast(conversation: ConversationId, limit: number): Promise<StoredTranscriptLine[]>;
}

/** The transcript in the table `messages`. */
export function createTranscript({ db }: Pick<Database, 'db'>): Transcript {
  return {
    async readLast(conversation, limit) {
      const rows = await db
        .selectFrom('messages')
        .select(['page_id', 'mid', 'author', 'text', 'at', 'attachments_json'])
        .where('conversation', '=', conversation)
        .where('deleted_at', 'is', null)
        .orderBy('at', 'desc')
        .orderBy('mid', 'desc')
        .limit(limit)
        .execute();
      const cipher = cipherOf(db);
      const lines = rows.toReversed().map((row) => cipher.open('messages', row));
      return lines.map(({ page_id: _, text, attachments_json, ...line }) => ({
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
 * Writes what an event says, edits or unsends into the transcript. An edit or an unsend may come before its message; an
 * unsent message stays unsent.
 */
export async function recordTranscriptLine(
  trx: Transaction<Tables>,
  event: InboundEvent,
  originOf: OriginOf,
): Promise<void> {
  if (!event.conversation) return;
  if (event.kind === 'message') await recordNewLine(trx, event, 'person');
  if (event.kind === 'echo') await recordNewLine(trx, event, echoAuthor(event, originOf(event)));
  if (event.kind === 'edit') await recordEdit(trx, event);
  if (event.kind === 'unsend') await recordUnsend(trx, event);
}

async function recordNewLine(
  trx: Transaction<Tables>,
  event: MessageEvent | EchoEvent,
  author: MessagesTable['author'],
): Promise<void> {
  const line = toMessageRow(event, { author, text: event.text ?? null, attachments_json: attachmentsJson(event) });
  await insertNewLine(trx, cipherOf(trx).seal('messages', line, line));
}

const insertNewLine = compileOnce((db, line: MessagesTable) =>
  db
    .insertInto('messages')
    .values(line)
    // The edit came first: its text stays, and the line moves to the time of the message.
    .onConflict((conflict) =>
      conflict
        .columns(['page_id', 'mid'])
        .doUpdateSet({ at: line.at, author: line.author, attachments_json: line.attachments_json })
        .where('messages.edited_at', 'is not', null),
    ),
);

async function recordEdit(trx: Transaction<Tables>, event: EditEvent): Promise<void> {
  const line = toMessageRow(event, { author: 'person', text: event.text, edited_at: event.at });
  const row = cipherOf(trx).seal('messages', line, line);
  await trx
    .insertInto('messages')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['page_id', 'mid'])
        .doUpdateSet({ text: row.text, edited_at: row.edited_at })
        .where('messages.deleted_at', 'is', null)
        .where((eb) => eb.or([eb('messages.edited_at', 'is', null), eb('messages.edited_at', '<=', event.at)])),
    )
    .execute();
}

async function recordUnsend(trx: Transaction<Tables>, event: UnsendEvent): Promise<void> {
  const change = { text: null, attachments_json: null, deleted_at: event.at };
  await trx
    .insertInto('messages')
    .values({ ...toMessageRow(event, { author: 'person', text: null }), ...change })
    .onConflict((conflict) => conflict.columns(['page_id', 'mid']).doUpdateSet(change))
    .execute();
}

/** A row of `messages` with its texts. */
type MessageRow = Opened<MessagesTable>;
type LineEvent = MessageEvent | EchoEvent | EditEvent | UnsendEvent;

function toMessageRow(event: LineEvent, fields: Pick<MessageRow, 'author' | 'text'> & Partial<MessageRow>): MessageRow {
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

/** The ledger sets `bot` or `human` for our own messages when it records their sends. */
function echoAuthor(echo: EchoEvent, origin: EchoOrigin): MessagesTable['author'] {
  if (echo.isFromInbox) return 'human';
  const isOurs = origin.kind === 'proven' || (origin.kind === 'unproven' && origin.isOurApp);
  return isOurs ? 'bot' : 'other_app';
}
