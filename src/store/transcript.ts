import type { Transaction } from 'kysely';
import type { ConversationId } from '../messenger/conversation.ts';
import type { EchoEvent, EditEvent, InboundEvent, UnsendEvent } from '../messenger/inbound-event.ts';
import type { Database } from './database.ts';
import type { MessagesTable, Tables } from './tables.ts';

/** One line of a talk. */
export interface TranscriptLine {
  readonly mid: string;
  readonly author: MessagesTable['author'];
  readonly text?: string;
  readonly at: number;
}

export interface Transcript {
  /** The newest lines, oldest of them first. */
  last(conversation: ConversationId, limit: number): Promise<TranscriptLine[]>;
}

export function createTranscript({ db }: Database): Transcript {
  return {
    async last(conversation, limit) {
      const rows = await db
        .selectFrom('messages')
        .select(['mid', 'author', 'text', 'at'])
        .where('conversation', '=', conversation)
        .where('deleted_at', 'is', null)
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.toReversed().map(({ text, ...line }) => ({ ...line, ...(text !== null && { text }) }));
    },
  };
}

/** Writes an event into the talk, where it belongs there: what was said, changed or taken back. */
export async function recordInTranscript(trx: Transaction<Tables>, event: InboundEvent): Promise<void> {
  if (!event.conversation) return;
  if (event.kind === 'message' || event.kind === 'echo') {
    await trx
      .insertInto('messages')
      .values({
        page_id: event.pageId,
        mid: event.mid,
        conversation: event.conversation,
        author: event.kind === 'message' ? 'person' : echoAuthor(event),
        text: event.text ?? null,
        at: event.at,
        edited_at: null,
        deleted_at: null,
        send_id: null,
      })
      .onConflict((conflict) => conflict.columns(['page_id', 'mid']).doNothing())
      .execute();
  }
  if (event.kind === 'edit') await change(trx, event, { text: event.text, edited_at: event.at });
  if (event.kind === 'unsend') await change(trx, event, { text: null, deleted_at: event.at });
}

/** Ours are named `bot` or `human` by the ledger when the send is recorded. */
function echoAuthor(echo: EchoEvent): MessagesTable['author'] {
  if (echo.isFromInbox) return 'human';
  return echo.metadata === undefined ? 'other_app' : 'bot';
}

async function change(
  trx: Transaction<Tables>,
  event: EditEvent | UnsendEvent,
  values: Partial<MessagesTable>,
): Promise<void> {
  await trx
    .updateTable('messages')
    .set(values)
    .where('page_id', '=', event.pageId)
    .where('mid', '=', event.mid)
    .execute();
}
