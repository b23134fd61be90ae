/** One person in the store: all that is known of them. `erasures.ts` erases them, `tables.ts` says where to look. */

import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Database } from '../db/database.ts';
import { readPerson, type PersonSection } from './read-person.ts';

export type { PersonSection };

/** Reads people. */
export interface People {
  /** Whether the store knows the person; reads no text of theirs. */
  isKnown(conversation: ConversationId): Promise<boolean>;
  /** Everything of one person, table by table. */
  read(conversation: ConversationId): AsyncIterable<PersonSection>;
}

/** People in all tables that know them. */
export function createPeople({ db }: Pick<Database, 'db'>): People {
  return {
    async isKnown(conversation) {
      const contact = db.selectFrom('contacts').select('conversation').where('conversation', '=', conversation);
      return (await contact.executeTakeFirst()) !== undefined;
    },
    read: (conversation) => readPerson(db, conversation),
  };
}
