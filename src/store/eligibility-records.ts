/** What decides, besides the window, whether a person may be written to: opt signals, thread owner, Meta's refusals. */

import { type Kysely, sql, type Transaction, type UpdateObject } from 'kysely';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import type { InboundEvent } from '../messenger/inbound/inbound-event.ts';
import { type OptSignal, optSignalOf } from '../messenger/inbound/opt-signal.ts';
import { type Contact, findContact, insertContact, toContact } from './contacts.ts';
import { compileOnce } from './db/compile-once.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';
import { cipherOf } from './encryption/column-cipher.ts';
import { putEvent } from './outbox/put-event.ts';
import { findOpenBreaker, recordNotice, type OpenBreaker, toOpenBreaker } from './page-circuit-breaker.ts';

/**
 * Records what Meta's answers and the bot learn of a person's eligibility. `at` is epoch ms, by the person's clock. A fact
 * that is older than what an event said since changes nothing.
 */
export interface EligibilityRecords {
  /** Meta says that the person cannot get messages. Ends with their next action that opens the window. */
  markUnavailable(conversation: ConversationId, at: number): Promise<void>;
  /** Meta says that the person opted out of what it calls a topic. */
  markOptedOut(conversation: ConversationId, at: number): Promise<void>;
  /** The person opted out or in with words that only the bot knows. A late signal changes nothing. */
  recordOptSignal(conversation: ConversationId, signal: OptSignal, at: number): Promise<void>;
  /** Another app, which Meta does not name, owns the thread. */
  markOwnedByOther(conversation: ConversationId, at: number): Promise<void>;
  /** We passed the thread to an app or took it back; `idle` when no app owns it. */
  markOwner(conversation: ConversationId, appId: string, at: number): Promise<void>;
}

/**
 * Meta dates its answers in whole seconds, and we ignore a smaller difference of the clocks than this: an event may seem this
 * much newer than an answer that came after it.
 */
const CLOCK_TOLERANCE_MS = 2000;

/** The records in the table `contacts`. */
export function createEligibilityRecords(write: Write<Tables>): EligibilityRecords {
  const markOwner = (conversation: ConversationId, appId: string, at: number) =>
    write([conversation], (trx) =>
      updateUnlessNewer(trx, conversation, 'thread_owner_since', at + CLOCK_TOLERANCE_MS, {
        thread_owner: appId,
        thread_owner_since: latestOf('thread_owner_since', at),
      }),
    );
  return {
    markUnavailable: (conversation, at) =>
      write([conversation], (trx) =>
        updateUnlessNewer(trx, conversation, 'window_opened_at', at + CLOCK_TOLERANCE_MS, { unavailable_since: at }),
      ),
    markOptedOut: (conversation, at) => write([conversation], (trx) => recordSignal(trx, conversation, 'stop', at)),
    recordOptSignal: (conversation, signal, at) =>
      write([conversation], (trx) => recordSignal(trx, conversation, signal, at)),
    markOwnedByOther: (conversation, at) => markOwner(conversation, UNNAMED_APP, at),
    markOwner,
  };
}

/** What a send's eligibility is decided from: the contact, and its Page's circuit breaker if it is open. */
export async function findContactAndPage(
  db: Kysely<Tables>,
  conversation: ConversationId,
): Promise<{ readonly contact?: Contact; readonly page?: OpenBreaker }> {
  const [row] = await selectContactAndPage(db, { conversation });
  // The breaker counts without a contact too: a template may go to a person who never wrote.
  const page = row ? toOpenBreaker(row) : await findOpenBreaker(db, conversationParts(conversation)?.pageId ?? '');
  return { ...(row && { contact: toContact(cipherOf(db).open('contacts', row)) }), ...(page && { page }) };
}

const selectContactAndPage = compileOnce((db, { conversation }: { readonly conversation: ConversationId }) =>
  db
    .selectFrom('contacts')
    .leftJoin('pages', 'pages.page_id', 'contacts.page_id')
    .selectAll('contacts')
    .select(['pages.hold', 'pages.hold_code', 'pages.held_since', 'pages.probe_at', 'pages.probes'])
    .where('conversation', '=', conversation),
);

const UNNAMED_APP = 'other';

/** Updates what a new event says about eligibility. Needs the contact that `recordVisit` inserts. */
export async function recordEligibility(
  trx: Transaction<Tables>,
  event: InboundEvent,
  receivedAt: number,
): Promise<void> {
  if (event.kind === 'policy_enforcement') await recordNotice(trx, event, receivedAt);
  if (!event.conversation) return;
  const signal = optSignalOf(event);
  if (signal) await recordSignal(trx, event.conversation, signal, event.at);
  const owner = newThreadOwner(event);
  if (owner !== undefined) {
    const columns = { thread_owner: owner, thread_owner_since: event.at };
    await updateUnlessNewer(trx, event.conversation, 'thread_owner_since', event.at, columns);
  }
}

async function recordSignal(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  signal: OptSignal,
  at: number,
): Promise<void> {
  const column = signal === 'stop' ? 'opted_out_at' : 'opted_in_at';
  const before = await isOptedOut(trx, conversation);
  await updateUnlessNewer(trx, conversation, column, at, { [column]: at });
  const isOut = await isOptedOut(trx, conversation);
  if (isOut === before) return;
  const { pageId = '' } = conversationParts(conversation) ?? {};
  const topic = isOut ? 'opt-out' : 'opt-in';
  await putEvent(trx, { topic, key: String(at), conversation, pageId, at, data: {} });
}

async function isOptedOut(trx: Transaction<Tables>, conversation: ConversationId): Promise<boolean> {
  return (await findContact(trx, conversation))?.optedOutAt !== undefined;
}

/** The app that owns the thread from this event on, if the event says so. */
function newThreadOwner(event: InboundEvent): string | undefined {
  if (event.kind === 'thread_control' && event.action !== 'request') return event.newOwnerAppId ?? 'idle';
  // Meta sends standby copies to apps that do not own the thread.
  if (event.isStandby && (event.kind === 'message' || event.kind === 'postback')) return UNNAMED_APP;
  return undefined;
}

/**
 * Updates the columns unless `column` has a time after `until`: late facts change nothing. Also for a person without a
 * contact: a template may go to somebody who never wrote, and a database may be restored.
 */
async function updateUnlessNewer(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  column: 'opted_out_at' | 'opted_in_at' | 'thread_owner_since' | 'window_opened_at',
  until: number,
  columns: UpdateObject<Tables, 'contacts'>,
): Promise<void> {
  await insertContact(trx, conversation);
  await trx
    .updateTable('contacts')
    .set(columns)
    .where('conversation', '=', conversation)
    .where(sql<boolean>`coalesce(${sql.ref(column)}, 0) <= ${until}`)
    .execute();
}

/** The column's time, or `at` if that is later. */
function latestOf(column: 'thread_owner_since', at: number) {
  return sql<number>`case when coalesce(${sql.ref(column)}, 0) > ${at} then ${sql.ref(column)} else ${at} end`;
}
