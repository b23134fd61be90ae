import { randomUUID } from 'node:crypto';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { NotesTable, Tables } from './db/tables.ts';
import { cipherOf, type Opened } from './encryption/column-cipher.ts';

/** What an operator wrote down about a person; never sent. */
export interface Note {
  readonly noteId: string;
  /** The operator's name. */
  readonly operator: string;
  readonly text: string;
  /** Epoch ms, real time. */
  readonly at: number;
}

/** Notes about people: personal data, never logged. */
export interface Notes {
  /** Oldest first, at most {@link MAX_NOTES}. */
  list(conversation: ConversationId): Promise<readonly Note[]>;
  /** Notes by their ids, in no order. */
  find(noteIds: readonly string[]): Promise<readonly Note[]>;
  add(conversation: ConversationId, note: Omit<Note, 'noteId'>): Promise<Note>;
  /** Resolves to `false` if the conversation has no such note. */
  remove(conversation: ConversationId, noteId: string): Promise<boolean>;
}

/** The longest note. */
export const MAX_NOTE_CHARS = 2000;
/** The most notes that are shown of one person. */
export const MAX_NOTES = 200;

/** Notes in the table `notes`. */
export function createNotes({ db }: Pick<Database, 'db'>, write: Write<Tables>): Notes {
  const toNotes = (rows: readonly NotesTable[]) => rows.map((row) => toNote(cipherOf(db).open('notes', row)));

  return {
    async list(conversation) {
      const rows = await db
        .selectFrom('notes')
        .selectAll()
        .where('conversation', '=', conversation)
        .orderBy('at', 'desc')
        .orderBy('note_id')
        .limit(MAX_NOTES)
        .execute();
      return toNotes(rows.toReversed());
    },

    async find(noteIds) {
      if (noteIds.length === 0) return [];
      return toNotes(await db.selectFrom('notes').selectAll().where('note_id', 'in', noteIds).execute());
    },

    add: (conversation, { operator, text, at }) =>
      write([conversation], async (trx) => {
        const noteId = randomUUID();
        const note = { operator, text, at };
        await trx
          .insertInto('notes')
          .values({ note_id: noteId, conversation, ...cipherOf(trx).seal('notes', { note_id: noteId }, note) })
          .execute();
        return { noteId, ...note };
      }),

    remove: (conversation, noteId) =>
      write([conversation], async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('notes')
          .where('conversation', '=', conversation)
          .where('note_id', '=', noteId)
          .executeTakeFirst();
        return Number(numDeletedRows) > 0;
      }),
  };
}

function toNote({ note_id: noteId, operator, text, at }: Opened<NotesTable>): Note {
  return { noteId, operator, text, at };
}
