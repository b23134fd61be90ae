import { sql, type Transaction } from 'kysely';
import type { PersonName } from '../domain/contact.ts';
import { conversationParts, type ConversationId, type ConversationParts } from '../domain/conversation-id.ts';
import { applyTagChange, type TagChange, type Tags } from '../domain/tags.ts';
import type { InboundEvent } from '../messenger/inbound/inbound-event.ts';
import { AD_WINDOW_MS, isAdReferral, windowOpener } from '../messenger/inbound/window-opener.ts';
import { compileOnce } from './db/compile-once.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { ContactsTable, Tables } from './db/tables.ts';
import { cipherOf, type Opened } from './encryption/column-cipher.ts';

/** What is stored of a person on a Page. */
export interface Contact {
  readonly conversation: ConversationId;
  readonly pageId: string;
  readonly psid: string;
  /** When the store heard of the person for the first time, epoch ms. */
  readonly firstSeenAt: number;
  /** When the person last did something that opens Meta's messaging window, epoch ms. */
  readonly windowOpenedAt?: number;
  /** Until when Meta may keep the window open after a click on an ad, epoch ms. */
  readonly windowMayLastUntil?: number;
  /** Since when Meta says that the person cannot get messages, epoch ms. */
  readonly unavailableSince?: number;
  /** When they opted out, unless they opted in later, epoch ms. */
  readonly optedOutAt?: number;
  /** Who owns the thread: an app's id, `idle`, or `other` for an app that Meta did not name. */
  readonly threadOwner?: { readonly appId: string; readonly since: number };
  /** Everything sent until then was delivered, epoch ms. */
  readonly deliveredUntil?: number;
  /** Everything sent until then was read, epoch ms. */
  readonly readUntil?: number;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly locale?: string;
  readonly timeZone?: string;
  /** When to read the profile from Meta again, epoch ms; left out if it was never read. */
  readonly profileDueAt?: number;
  /** Left out for a person who was never tagged. */
  readonly tags?: readonly string[];
}

/** What Meta's User Profile API says of a person. */
export type ContactProfile = Pick<Contact, 'firstName' | 'lastName' | 'locale' | 'timeZone'>;

/** People by conversation. */
export interface Contacts {
  find(conversation: ConversationId): Promise<Contact | undefined>;
  /** Saves a profile and when to read it again. Fields that are left out stay as they were. */
  saveProfile(conversation: ConversationId, profile: ContactProfile, dueAt: number): Promise<void>;
  /**
   * Adds and removes tags, and resolves to the tags that the person has then: a tag beyond the limit is not among them.
   * Doing it again changes nothing.
   */
  changeTags(conversation: ConversationId, change: TagChange): Promise<Tags>;
}

/** Contacts in the table `contacts`. */
export function createContacts({ db }: Pick<Database, 'db'>, write: Write<Tables>): Contacts {
  return {
    find: (conversation) => findContact(db, conversation),
    saveProfile: (conversation, { firstName, lastName, locale, timeZone }, dueAt) =>
      write([conversation], async (trx) => {
        await insertContact(trx, conversation);
        const name = {
          ...(firstName !== undefined && { first_name: firstName }),
          ...(lastName !== undefined && { last_name: lastName }),
        };
        await trx
          .updateTable('contacts')
          .set({
            profile_due_at: dueAt,
            ...cipherOf(trx).seal('contacts', { conversation }, name),
            ...(locale !== undefined && { locale }),
            ...(timeZone !== undefined && { time_zone: timeZone }),
          })
          .where('conversation', '=', conversation)
          .execute();
      }),
    changeTags: (conversation, change) =>
      write([conversation], async (trx) => {
        await insertContact(trx, conversation);
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

/** The contact of a conversation; `undefined` if the person never did anything. */
export async function findContact(
  db: Pick<Transaction<Tables>, 'selectFrom' | 'getExecutor'>,
  conversation: ConversationId,
): Promise<Contact | undefined> {
  const row = await db.selectFrom('contacts').selectAll().where('conversation', '=', conversation).executeTakeFirst();
  return row && toContact(cipherOf(db).open('contacts', row));
}

/** The contact of a row. */
export function toContact(row: Opened<ContactsTable>): Contact {
  const hasOptedOut = row.opted_out_at !== null && row.opted_out_at > (row.opted_in_at ?? 0);
  return {
    conversation: row.conversation as ConversationId,
    pageId: row.page_id,
    psid: row.psid,
    firstSeenAt: row.first_seen_at,
    ...(row.window_opened_at !== null && { windowOpenedAt: row.window_opened_at }),
    ...(row.window_may_last_until !== null && { windowMayLastUntil: row.window_may_last_until }),
    ...(row.unavailable_since !== null && { unavailableSince: row.unavailable_since }),
    ...(hasOptedOut && { optedOutAt: row.opted_out_at ?? 0 }),
    ...(row.thread_owner !== null && {
      threadOwner: { appId: row.thread_owner, since: row.thread_owner_since ?? 0 },
    }),
    ...(row.delivered_until !== null && { deliveredUntil: row.delivered_until }),
    ...(row.read_until !== null && { readUntil: row.read_until }),
    ...toPersonName(row),
    ...(row.locale !== null && { locale: row.locale }),
    ...(row.time_zone !== null && { timeZone: row.time_zone }),
    ...(row.profile_due_at !== null && { profileDueAt: row.profile_due_at }),
    ...(row.tags !== null && { tags: JSON.parse(row.tags) as string[] }),
  };
}

/** The name in a row. */
export function toPersonName({
  first_name,
  last_name,
}: Opened<Pick<ContactsTable, 'first_name' | 'last_name'>>): PersonName {
  return {
    ...(first_name !== null && { firstName: first_name }),
    ...(last_name !== null && { lastName: last_name }),
  };
}

/** Inserts the contact of a person who has not done anything yet, unless there is one. */
export async function insertContact(trx: Transaction<Tables>, conversation: ConversationId): Promise<void> {
  const parts = conversationParts(conversation);
  if (!parts) return;
  await trx
    .insertInto('contacts')
    .values(newContact(conversation, parts, Date.now()))
    .onConflict((conflict) => conflict.column('conversation').doNothing())
    .execute();
}

function newContact(conversation: ConversationId, { pageId, psid }: ConversationParts, now: number) {
  return {
    conversation,
    page_id: pageId,
    psid,
    first_seen_at: now,
    last_seen_at: now,
    window_opened_at: null,
    window_opener: null,
    window_may_last_until: null,
    ad_clicked_at: null,
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
  };
}

/** Inserts or updates the contact of an event: last seen, window, thread owner. Late events move nothing back. */
export async function recordVisit(trx: Transaction<Tables>, event: InboundEvent, receivedAt: number): Promise<void> {
  const parts = event.conversation && conversationParts(event.conversation);
  if (!parts || !event.conversation) return;
  const opener = windowOpener(event);
  const contact = {
    ...newContact(event.conversation, parts, receivedAt),
    window_opened_at: opener ? event.at : null,
    window_opener: opener ?? null,
    window_may_last_until: isMessageFromAd(event) ? event.at + AD_WINDOW_MS : null,
    ad_clicked_at: isAdClick(event) ? event.at : null,
  };
  await upsertVisit(
    trx,
    { ...contact, at: event.at, adWindowEndsAt: event.at + AD_WINDOW_MS },
    {
      isAdClick: isAdClick(event),
      opensWindow: opener !== undefined,
      isMessage: event.kind === 'message',
      isFromAd: isMessageFromAd(event),
      isStandby: event.isStandby === true,
    },
  );
}

type VisitColumns = 'window_opened_at' | 'window_opener' | 'window_may_last_until' | 'ad_clicked_at';
type VisitValues = Omit<ReturnType<typeof newContact>, VisitColumns> &
  Pick<ContactsTable, VisitColumns> & { readonly at: number; readonly adWindowEndsAt: number };

/** What an event is; the columns that it updates depend on it. */
type VisitShape = Readonly<Record<'isAdClick' | 'opensWindow' | 'isMessage' | 'isFromAd' | 'isStandby', boolean>>;

const upsertVisit = compileOnce((db, { at, adWindowEndsAt, ...contact }: VisitValues, shape: VisitShape) =>
  db
    .insertInto('contacts')
    .values(contact)
    .onConflict((conflict) => {
      const update = conflict.column('conversation');
      const seenAt = contact.last_seen_at;
      const last_seen_at = sql<number>`case when contacts.last_seen_at < ${seenAt} then ${seenAt} else contacts.last_seen_at end`;
      if (shape.isAdClick) return update.doUpdateSet({ last_seen_at, ad_clicked_at: latestClickAt(at) });
      if (!shape.opensWindow) return update.doUpdateSet({ last_seen_at });
      const isNewer = sql<boolean>`coalesce(contacts.window_opened_at, 0) < ${at}`;
      return update.doUpdateSet({
        last_seen_at,
        window_opener: sql`case when ${isNewer} then ${contact.window_opener} else contacts.window_opener end`,
        window_opened_at: sql`case when ${isNewer} then ${at} else contacts.window_opened_at end`,
        // A person who acts can be reached again; what they did before Meta said otherwise proves nothing.
        unavailable_since: sql`case when contacts.unavailable_since > ${at} then contacts.unavailable_since else null end`,
        ...(shape.isMessage && adWindowColumns(at, adWindowEndsAt, shape.isFromAd)),
        ...(!shape.isStandby && returnedThread(at)),
      });
    }),
);

/** A click on an ad in an existing thread; the window opens with the message that follows. */
function isAdClick(event: InboundEvent): boolean {
  return event.kind === 'referral' && isAdReferral(event.referral);
}

/** A late click changes nothing: the first message after it has come already. */
function latestClickAt(at: number) {
  const isLate = sql<boolean>`coalesce(contacts.window_opened_at, 0) > ${at} or coalesce(contacts.ad_clicked_at, 0) > ${at}`;
  return sql<number | null>`case when ${isLate} then contacts.ad_clicked_at else ${at} end`;
}

/** A message that started the thread by a click on an ad. */
function isMessageFromAd(event: InboundEvent): boolean {
  return event.kind === 'message' && event.referral !== undefined && isAdReferral(event.referral);
}

function adWindowColumns(at: number, until: number, isFromAd: boolean) {
  const isFirst = sql<boolean>`contacts.ad_clicked_at is not null and contacts.ad_clicked_at <= ${at}`;
  const isLater = sql<boolean>`coalesce(contacts.window_may_last_until, 0) < ${until}`;
  const opensAdWindow = isFromAd ? isLater : sql<boolean>`${isFirst} and ${isLater}`;
  return {
    window_may_last_until: sql<number>`case when ${opensAdWindow} then ${until} else contacts.window_may_last_until end`,
    ad_clicked_at: sql<number | null>`case when ${isFirst} then null else contacts.ad_clicked_at end`,
  };
}

/** Meta delivers actions to the owner of the thread, and standby copies to others: no copy, so the thread is ours again. */
function returnedThread(at: number) {
  const isOlder = sql<boolean>`contacts.thread_owner_since < ${at}`;
  return {
    thread_owner: sql<string | null>`case when ${isOlder} then null else contacts.thread_owner end`,
    thread_owner_since: sql<number | null>`case when ${isOlder} then ${at} else contacts.thread_owner_since end`,
  };
}

/** Moves the watermark of what was delivered or read; only forward. */
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
