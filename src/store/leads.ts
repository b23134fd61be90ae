import type { ConversationId } from '../messenger/conversation.ts';
import type { Database } from './database.ts';
import type { Write } from './group-commit.ts';
import type { Tables } from './tables.ts';

/** What a person left in a form. Personal data: it stays out of logs. */
export interface StoredLead {
  readonly leadId: string;
  readonly conversation: ConversationId;
  readonly form: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly at: number;
}

export interface Leads {
  /** Saving the same lead again changes nothing. */
  save(lead: StoredLead): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<StoredLead[]>;
}

export function createLeads({ db }: Pick<Database, 'db'>, write: Write<Tables>): Leads {
  return {
    save: ({ leadId, fields, ...lead }) =>
      write([lead.conversation], async (trx) => {
        await trx
          .insertInto('leads')
          .values({ ...lead, lead_id: leadId, fields_json: JSON.stringify(fields) })
          .onConflict((conflict) => conflict.column('lead_id').doNothing())
          .execute();
      }),

    async list(limit) {
      const rows = await db
        .selectFrom('leads')
        .selectAll()
        .orderBy('at', 'desc')
        .orderBy('lead_id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        leadId: row.lead_id,
        conversation: row.conversation as ConversationId,
        form: row.form,
        fields: JSON.parse(row.fields_json) as Record<string, string>,
        at: row.at,
      }));
    },
  };
}
