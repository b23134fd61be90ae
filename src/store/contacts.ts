import { sql, type Transaction } from 'kysely';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import { applyTagChange, type TagChange, type Tags } from '../domain/tags.ts';
import type { InboundEvent } from '../messenger/inbound/inbound-event.ts';
import { AD_WINDOW_MS, windowOpener } from '../messenger/inbound/window-opener.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { ContactsTable, Tables } from './db/tables.ts';

/** What is kept of a person. */
export interface Contact {
  readonly conversation: ConversationId;
  readonly pageId: string;
  readonly psid: string;
  /** When the person last did something that opens Meta's window, epoch ms. */
  readonly windowOpenedAt?: number;
  /** Until when it may be open, after the first message that followed a click on an ad. */
  readonly windowMayLastUntil?: number;
  /** Since when Meta says that they cannot get messages. */
  readonly unavailableSince?: number;
  /** When they wrote "stop", unless they wrote "start" later. */
  readonly optedOutAt?: number;
  /** Who answers in the thread: an app's id, `idle`, or `other` for an app without a name. */
  readonly threadOwner?: { readonly appId: string; readonly since: number };
  readonly deliveredUntil?: number;
  readonly readUntil?: number;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly locale?: string;
  readonly timeZone?: string;
  /** When Meta is to be asked who they are, epoch ms; left out: it never was. */
  readonly profileDueAt?: number;
  /** What the bot knows them by; left out for one who was never tagged. */
  readonly tags?: readonly string[];
}

/** Who somebody is. */
export type ContactProfile = Pick<Contact, 'firstName' | 'lastName' | 'locale' | 'timeZone'>;

export interface Contacts {
  find(conversation: ConversationId): Promise<Contact | undefined>;
  /** Keeps what Meta told of a person, and when it is to be asked again. What it left out stays as it was. */
  saveProfile(conversation: ConversationId, profile: ContactProfile, dueAt: number): Promise<void>;
  /**
   * Puts tags on and takes tags off, and gives those that are there then: at most so many, so that one too many is not
   * among them. Doing it again changes nothing.
   */
  changeTags(conversation: ConversationId, change: TagChange): Promise<Tags>;
}

export function createContacts({ db }: Pick<Database, 'db'>, write: Write<Tables>): Contacts {
  return {
    find: (conversation) => findContact(db, conversation),
    saveProfile: (conversation, { firstName, lastName, locale, timeZone }, dueAt) =>
      write([conversation], async (trx) => {
        await trx
          .updateTable('contacts')
          .set({
            profile_due_at: dueAt,
            ...(firstName !== undefined && { first_name: firstName }),
            ...(lastName !== undefined && { last_name: lastName }),
            ...(locale !== undefined && { locale }),
            ...(timeZone !== undefined && { time_zone: timeZone }),
          })
          .where('conversation', '=', conversation)
          .execute();
      }),
    changeTags: (conversation, change) =>
      write([conversation], async (trx) => {
        const tags = applyTagChange((await findContact(trx, conversation))?.tags ?? [], change);
        await trx
          .updateTable('contacts')
          .set({ tags: JSON.stringify(tags) })
          .where('conversation', '=', conversation)
          .execute();
        return tags;
      }),
  };
}

export async function findContact(
  db: Pick<Transaction<Tables>, 'selectFrom'>,
  conversation: ConversationId,
): Promise<Contact | undefined> {
  const row = await db.selectFrom('contacts').selectAll().where('conversation', '=', conversation).executeTakeFirst();
  return row && toContact(row);
}

export function toContact(row: ContactsTable): Contact {
  const hasOptedOut = row.opted_out_at !== null && row.opted_out_at > (row.opted_in_at ?? 0);
  return {
    conversation: row.conversation as ConversationId,
    pageId: row.page_id,
    psid: row.psid,
    ...(row.window_opened_at !== null && { windowOpenedAt: row.window_opened_at }),
    ...(row.window_may_last_until !== null && { windowMayLastUntil: row.window_may_last_until }),
    ...(row.unavailable_since !== null && { unavailableSince: row.unavailable_since }),
    ...(hasOptedOut && { optedOutAt: row.opted_out_at ?? 0 }),
    ...(row.thread_owner !== null && {
      threadOwner: { appId: row.thread_owner, since: row.thread_owner_since ?? 0 },
    }),
    ...(row.delivered_until !== null && { deliveredUntil: row.delivered_until }),
    ...(row.read_until !== null && { readUntil: row.read_until }),
    ...(row.first_name !== null && { firstName: row.first_name }),
    ...(row.last_name !== null && { lastName: row.last_name }),
    ...(row.locale !== null && { locale: row.locale }),
    ...(row.time_zone !== null && { timeZone: row.time_zone }),
    ...(row.profile_due_at !== null && { profileDueAt: row.profile_due_at }),
    ...(row.tags !== null && { tags: JSON.parse(row.tags) as string[] }),
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
      window_may_last_until: isMessageFromAd(event) ? event.at + AD_WINDOW_MS : null,
      ad_clicked_at: isAdClick(event) ? event.at : null,
      unavailable_since: null,
      opted_out_at: null,
      opted_in_at: null,
      thread_owner: null,
      thread_owner_since: null,
      delivered_until: null,
      read_until: null,
      first_name: null,
      last_name: null,
      locale: null,
      time_zone: null,
      tags: null,
    })
    .onConflict((conflict) => {
      const update = conflict.column('conversation');
      const last_seen_at = sql<number>`case when contacts.last_seen_at < ${receivedAt} then ${receivedAt} else contacts.last_seen_at end`;
      if (isAdClick(event)) return update.doUpdateSet({ last_seen_at, ad_clicked_at: latestClickAt(event.at) });
      if (!opener) return update.doUpdateSet({ last_seen_at });
      const isNewer = sql<boolean>`coalesce(contacts.window_opened_at, 0) < ${event.at}`;
      return update.doUpdateSet({
        last_seen_at,
        window_opener: sql`case when ${isNewer} then ${opener} else contacts.window_opener end`,
        window_opened_at: sql`case when ${isNewer} then ${event.at} else contacts.window_opened_at end`,
        // Whoever acts can be reached again.
        unavailable_since: null,
        ...(event.kind === 'message' && adWindowColumns(event)),
        ...(!event.isStandby && returnedThread(event.at)),
      });
    })
    .execute();
}

/** A click on an ad in a thread that was there already; the window opens with the message that follows. */
function isAdClick(event: InboundEvent): boolean {
  return event.kind === 'referral' && event.referral.source === 'ADS';
}

/** A late click waits for no message: the first after it has come already. */
function latestClickAt(at: number) {
  const isLate = sql<boolean>`coalesce(contacts.window_opened_at, 0) > ${at} or coalesce(contacts.ad_clicked_at, 0) > ${at}`;
  return sql<number | null>`case when ${isLate} then contacts.ad_clicked_at else ${at} end`;
}

/** The message with which a click on an ad became a talk. */
function isMessageFromAd(event: InboundEvent): boolean {
  return event.kind === 'message' && event.referral?.source === 'ADS';
}

function adWindowColumns(event: InboundEvent) {
  const until = event.at + AD_WINDOW_MS;
  const isFirst = sql<boolean>`contacts.ad_clicked_at is not null and contacts.ad_clicked_at <= ${event.at}`;
  return {
    window_may_last_until: isMessageFromAd(event)
      ? until
      : sql<number>`case when ${isFirst} then ${until} else contacts.window_may_last_until end`,
    ad_clicked_at: sql<number | null>`case when ${isFirst} then null else contacts.ad_clicked_at end`,
  };
}

/** Meta gives what a person does to the app that owns the thread, and others a copy in standby: it is ours again. */
function returnedThread(at: number) {
  const isOlder = sql<boolean>`contacts.thread_owner_since < ${at}`;
  return {
    thread_owner: sql<string | null>`case when ${isOlder} then null else contacts.thread_owner end`,
    thread_owner_since: sql<number | null>`case when ${isOlder} then ${at} else contacts.thread_owner_since end`,
  };
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
