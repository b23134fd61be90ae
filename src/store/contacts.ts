import { sql, type Transaction } from 'kysely';
import { conversationParts, type ConversationId } from '../messenger/conversation.ts';
import type { InboundEvent } from '../messenger/inbound-event.ts';
import { windowOpener } from '../messenger/window-opener.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

/** What is kept of a person. */
export interface Contact {
  readonly conversation: ConversationId;
  readonly pageId: string;
  readonly psid: string;
  /** When the person last did something that opens Meta's window, epoch ms. */
  readonly windowOpenedAt?: number;
  readonly deliveredUntil?: number;
  readonly readUntil?: number;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly locale?: string;
  readonly timeZone?: string;
}

export interface Contacts {
  find(conversation: ConversationId): Promise<Contact | undefined>;
}

export function createContacts({ db }: Pick<Database, 'db'>): Contacts {
  return { find: (conversation) => findContact(db, conversation) };
}

export async function findContact(
  db: Pick<Transaction<Tables>, 'selectFrom'>,
  conversation: ConversationId,
): Promise<Contact | undefined> {
  const row = await db.selectFrom('contacts').selectAll().where('conversation', '=', conversation).executeTakeFirst();
  if (!row) return undefined;
  return {
    conversation,
    pageId: row.page_id,
    psid: row.psid,
    ...(row.window_opened_at !== null && { windowOpenedAt: row.window_opened_at }),
    ...(row.delivered_until !== null && { deliveredUntil: row.delivered_until }),
    ...(row.read_until !== null && { readUntil: row.read_until }),
    ...(row.first_name !== null && { firstName: row.first_name }),
    ...(row.last_name !== null && { lastName: row.last_name }),
    ...(row.locale !== null && { locale: row.locale }),
    ...(row.time_zone !== null && { timeZone: row.time_zone }),
  };
}

/** The person did something: they exist, and perhaps their window is open again. Late events move nothing back. */
export async function recordVisit(trx: Transaction<Tables>, event: InboundEvent, receivedAt: number): Promise<void> {
  const parts = event.conversation && conversationParts(event.conversation);
  if (!parts || !event.conversation) return;
  const opener = windowOpener(event);
  await trx
    .insertInto('contacts')
    .values({
      conversation: event.conversation,
      page_id: parts.pageId,
      psid: parts.psid,
      first_seen_at: receivedAt,
      last_seen_at: receivedAt,
      window_opened_at: opener ? event.at : null,
      window_opener: opener ?? null,
      delivered_until: null,
      read_until: null,
      first_name: null,
      last_name: null,
      locale: null,
      time_zone: null,
    })
    .onConflict((conflict) => {
      const update = conflict.column('conversation');
      const last_seen_at = sql<number>`case when contacts.last_seen_at < ${receivedAt} then ${receivedAt} else contacts.last_seen_at end`;
      if (!opener) return update.doUpdateSet({ last_seen_at });
      const isNewer = sql<boolean>`coalesce(contacts.window_opened_at, 0) < ${event.at}`;
      return update.doUpdateSet({
        last_seen_at,
        window_opener: sql`case when ${isNewer} then ${opener} else contacts.window_opener end`,
        window_opened_at: sql`case when ${isNewer} then ${event.at} else contacts.window_opened_at end`,
      });
    })
    .execute();
}

/** Moves the watermark of what was delivered or read, forward only. */
export async function recordReceipt(trx: Transaction<Tables>, event: InboundEvent, receivedAt: number): Promise<void> {
  if (event.kind !== 'read' && event.kind !== 'delivery') return;
  if (event.watermark === undefined || !event.conversation) return;
  const column = event.kind === 'read' ? 'read_until' : 'delivered_until';
  await recordVisit(trx, event, receivedAt);
  await trx
    .updateTable('contacts')
    .set({ [column]: event.watermark })
    .where('conversation', '=', event.conversation)
    .where((eb) => eb.or([eb(column, 'is', null), eb(column, '<', event.watermark ?? 0)]))
    .execute();
}
