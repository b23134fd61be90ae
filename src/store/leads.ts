import type { Selectable } from 'kysely';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { LeadsTable, Tables } from './db/tables.ts';

/** What a person left in a form. Personal data: it stays out of logs. */
export interface StoredLead {
  readonly leadId: string;
  readonly conversation: ConversationId;
  readonly form: string;
  readonly fields: Readonly<Record<string, string>>;
  /** To which words, when, and whether the person was told them or agreed. */
  readonly consent?: { readonly text: string; readonly at: number; readonly given: 'told' | 'agreed' };
  readonly at: number;
}

export interface LeadFilter {
  readonly form?: string | undefined;
  /** From this moment on, epoch ms. */
  readonly since?: number | undefined;
}

/** A lead, and how far it has come to the webhook. */
export interface ListedLead {
  readonly lead: StoredLead;
  readonly delivery: Selectable<LeadsTable>['delivery'];
  readonly attempts: number;
}

export interface Leads {
  /** Saving the same lead again changes nothing. */
  save(lead: StoredLead): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<StoredLead[]>;
  /** All of them, oldest first, some at a time: it holds neither the table nor a transaction. */
  walk(filter: LeadFilter): AsyncGenerator<ListedLead>;
}

const ROWS_PER_QUERY = 200;

export function createLeads({ db }: Pick<Database, 'db'>, write: Write<Tables>): Leads {
  return {
    save: ({ leadId, fields, consent, ...lead }) =>
      write([lead.conversation], async (trx) => {
        await trx
          .insertInto('leads')
          .values({
            ...lead,
            lead_id: leadId,
            fields_json: JSON.stringify(fields),
            consent_json: consent === undefined ? null : JSON.stringify(consent),
          })
          .onConflict((conflict) => conflict.column('lead_id').doNothing())
          .execute();
      }),

    async list(limit) {
      const newest = db.selectFrom('leads').selectAll().orderBy('at', 'desc').orderBy('lead_id').limit(limit);
      return (await newest.execute()).map(toStoredLead);
    },

    async *walk({ form, since }) {
      let last: { readonly at: number; readonly lead_id: string } | undefined;
      for (;;) {
        let query = db.selectFrom('leads').selectAll().orderBy('at').orderBy('lead_id').limit(ROWS_PER_QUERY);
        if (form !== undefined) query = query.where('form', '=', form);
        if (since !== undefined) query = query.where('at', '>=', since);
        if (last) {
          const { at, lead_id } = last;
          query = query.where((eb) =>
            eb.or([eb('at', '>', at), eb.and([eb('at', '=', at), eb('lead_id', '>', lead_id)])]),
          );
        }
        const rows = await query.execute();
        for (const row of rows) yield { lead: toStoredLead(row), delivery: row.delivery, attempts: row.attempts };
        last = rows.at(-1);
        if (rows.length < ROWS_PER_QUERY) return;
      }
    },
  };
}

export function toStoredLead(row: Selectable<LeadsTable>): StoredLead {
  return {
    leadId: row.lead_id,
    conversation: row.conversation as ConversationId,
    form: row.form,
    fields: JSON.parse(row.fields_json) as Record<string, string>,
    ...(row.consent_json !== null && { consent: JSON.parse(row.consent_json) as NonNullable<StoredLead['consent']> }),
    at: row.at,
  };
}
