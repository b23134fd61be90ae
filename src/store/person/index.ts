/** One person in the store: all that is known of them. `erasures.ts` erases them, `tables.ts` says where to look. */

import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Database } from '../db/database.ts';
import { readPerson, type PersonSection } from './read-person.ts';

export type { PersonSection };

/** Reads people. */
export interface People {
  /** Everything of one person, table by table. */
  read(conversation: ConversationId): AsyncIterable<PersonSection>;
}

/** People in all tables that know them. */
export function createPeople({ db }: Pick<Database, 'db'>): People {
  return { read: (conversation) => readPerson(db, conversation) };
}
