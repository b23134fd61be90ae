import type { Selectable } from 'kysely';
import type { PersonName } from '../domain/contact.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import { type Lead, toLeadRecord } from '../domain/lead.ts';
import { toPersonName } from './contacts.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { LeadsTable, Tables } from './db/tables.ts';
import { cipherOf, type Opened } from './encryption/column-cipher.ts';
import { putEvent } from './outbox/put-event.ts';

/** Which leads to read; without a condition, all. */
export interface LeadFilter {
  /** The form's name. */
  readonly form?: string | undefined;
  /** Not older than this, epoch ms. */
  readonly since?: number | undefined;
  readonly conversation?: ConversationId | undefined;
  /** Ids of Pages; left out: all. */
  readonly pages?: readonly string[] | undefined;
}

/** The place of a lead in the order of time. */
export interface LeadPlace {
  readonly at: number;
  readonly leadId: string;
}

/** Which part of a list of leads to read. */
export interface LeadPage {
  /** Default: the beginning. */
  readonly after?: LeadPlace | undefined;
  readonly limit: number;
  /** Which come first. Default: the oldest. */
  readonly order?: 'oldest' | 'newest';
}

/** A lead, and the name of the person who left it. */
export interface ListedLead {
  readonly lead: Lead;
  readonly person: PersonName;
}

/** Leads of all people: personal data, never logged. */
export interface Leads {
  /** Saves a lead, and puts it into the outbox. Saving the same lead again changes nothing. */
  save(lead: Lead): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<Lead[]>;
  /** Those of one person, newest first. */
  ofPerson(conversation: ConversationId, limit: number): Promise<Lead[]>;
  /** Those that match and come after a place. */
  page(filter: LeadFilter, page: LeadPage): Promise<ListedLead[]>;
  /** All that match, oldest first, read in batches outside a transaction. */
  walk(filter: LeadFilter): AsyncGenerator<ListedLead>;
}

const LEADS_PER_QUERY = 200;

/** Leads in the table `leads`. */
export function createLeads({ db }: Pick<Database, 'db'>, write: Write<Tables>): Leads {
  return {
    save: (lead) =>
      write([lead.conversation], async (trx) => {
        const { leadId, conversation, form, fields, consent, at } = lead;
        const content = {
          fields_json: JSON.stringify(fields),
          consent_json: consent === undefined ? null : JSON.stringify(consent),
        };
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('leads')
          .values({
            lead_id: leadId,
            ...cipherOf(trx).seal('leads', { lead_id: leadId }, content),
            conversation,
            form,
            at,
          })
          .onConflict((conflict) => conflict.column('lead_id').doNothing())
          .executeTakeFirst();
        if (Number(numInsertedOrUpdatedRows) === 0) return;
        const record = toLeadRecord(lead);
        const { pageId } = record;
        await putEvent(trx, { topic: 'lead.created', key: leadId, conversation, pageId, at, data: record });
      }),

    async list(limit) {
      const newest = db.selectFrom('leads').selectAll().orderBy('at', 'desc').orderBy('lead_id').limit(limit);
      return (await newest.execute()).map((row) => toLead(cipherOf(db).open('leads', row)));
    },

    async ofPerson(conversation, limit) {
      const ofPerson = db.selectFrom('leads').selectAll().where('conversation', '=', conversation);
      const rows = await ofPerson.orderBy('at', 'desc').orderBy('lead_id').limit(limit).execute();
      return rows.map((row) => toLead(cipherOf(db).open('leads', row)));
    },

    page,

    async *walk(filter) {
      let after: LeadPlace | undefined;
      for (;;) {
        const leads = await page(filter, { after, limit: LEADS_PER_QUERY });
        yield* leads;
        after = leads.at(-1)?.lead;
        if (leads.length < LEADS_PER_QUERY) return;
      }
    },
  };

  async function page(
    { form, since, conversation, pages }: LeadFilter,
    { after, limit, order = 'oldest' }: LeadPage,
  ): Promise<ListedLead[]> {
    const [direction, beyond] = order === 'oldest' ? (['asc', '>'] as const) : (['desc', '<'] as const);
    let query = db
      .selectFrom('leads')
      .leftJoin('contacts', 'contacts.conversation', 'leads.conversation')
      .selectAll('leads')
      .select(['contacts.first_name', 'contacts.last_name'])
      .orderBy('at', direction)
      .orderBy('lead_id', direction)
      .limit(limit);
    if (form !== undefined) query = query.where('form', '=', form);
    if (conversation !== undefined) query = query.where('leads.conversation', '=', conversation);
    if (since !== undefined) query = query.where('at', '>=', since);
    if (pages) query = query.where('contacts.page_id', 'in', [...pages, '']);
    if (after) {
      const { at, leadId } = after;
      query = query.where((eb) =>
        eb.or([eb('at', beyond, at), eb.and([eb('at', '=', at), eb('lead_id', beyond, leadId)])]),
      );
    }
    const cipher = cipherOf(db);
    return (await query.execute()).map((row) => {
      const person = toPersonName(cipher.open('contacts', row));
      return { lead: toLead(cipher.open('leads', row)), person };
    });
  }
}

function toLead(row: Opened<Selectable<LeadsTable>>): Lead {
  return {
    leadId: row.lead_id,
    conversation: row.conversation as ConversationId,
    form: row.form,
    fields: JSON.parse(row.fields_json) as Record<string, string>,
    ...(row.consent_json !== null && { consent: JSON.parse(row.consent_json) as NonNullable<Lead['consent']> }),
    at: row.at,
  };
}
