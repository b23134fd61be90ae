/** How a person and a Page stand with each other, as rare events and Meta's answers tell it. */

import { sql, type Transaction } from 'kysely';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import type { InboundEvent } from '../messenger/inbound/inbound-event.ts';
import { type OptSignal, optSignalOf } from '../messenger/inbound/opt-signal.ts';
import { type Contact, toContact } from './contacts.ts';
import type { Write } from './db/group-commit.ts';
import type { ContactsTable, Tables } from './db/tables.ts';
import { findOpenBreaker, recordNotice, type OpenBreaker, toOpenBreaker } from './page-circuit-breaker.ts';

/** What Meta's refusals tell of a person. */
export interface EligibilityRecords {
  /** Meta says that they cannot get messages; forgotten when they do something. */
  markUnavailable(conversation: ConversationId, at: number): Promise<void>;
  /** They stopped what Meta calls a topic. */
  markOptedOut(conversation: ConversationId, at: number): Promise<void>;
  /** They asked for silence, or to be written to again, in words that only the bot knows. Late ones change nothing. */
  recordOptSignal(conversation: ConversationId, wish: OptSignal, at: number): Promise<void>;
  /** Another app answers in the thread; which one, Meta did not say. */
  markOwnedByOther(conversation: ConversationId, at: number): Promise<void>;
  /** We gave the thread to an app, or took it back; `idle` for nobody. */
  markOwner(conversation: ConversationId, appId: string, at: number): Promise<void>;
}

export function createEligibilityRecords(write: Write<Tables>): EligibilityRecords {
  const mark = (conversation: ConversationId, news: Partial<ContactsTable>) =>
    write([conversation], (trx) => updateContact(trx, conversation, news));
  return {
    markUnavailable: (conversation, at) => mark(conversation, { unavailable_since: at }),
    markOptedOut: (conversation, at) => mark(conversation, { opted_out_at: at }),
    recordOptSignal: (conversation, wish, at) =>
      write([conversation], (trx) => updateContactForward(trx, conversation, signalColumn(wish), at)),
    markOwnedByOther: (conversation, at) => mark(conversation, { thread_owner: UNNAMED_APP, thread_owner_since: at }),
    markOwner: (conversation, appId, at) => mark(conversation, { thread_owner: appId, thread_owner_since: at }),
  };
}

/** A person and their Page, as a send finds them. */
export async function findContactAndPage(
  trx: Pick<Transaction<Tables>, 'selectFrom'>,
  conversation: ConversationId,
): Promise<{ readonly contact?: Contact; readonly page?: OpenBreaker }> {
  const row = await trx
    .selectFrom('contacts')
    .leftJoin('pages', 'pages.page_id', 'contacts.page_id')
    .selectAll('contacts')
    .select(['pages.hold', 'pages.hold_code', 'pages.held_since', 'pages.probe_at', 'pages.probes'])
    .where('conversation', '=', conversation)
    .executeTakeFirst();
  // A Page can be held back whether or not we know the person: a template may go to somebody who never wrote.
  const page = row ? toOpenBreaker(row) : await findOpenBreaker(trx, conversationParts(conversation)?.pageId ?? '');
  return { ...(row && { contact: toContact(row) }), ...(page && { page }) };
}

const UNNAMED_APP = 'other';

/** Written after `recordVisit`, once per event. */
export async function recordEligibility(
  trx: Transaction<Tables>,
  event: InboundEvent,
  receivedAt: number,
): Promise<void> {
  if (event.kind === 'policy_enforcement') await recordNotice(trx, event, receivedAt);
  if (!event.conversation) return;
  const wish = optSignalOf(event);
  if (wish) await updateContactForward(trx, event.conversation, signalColumn(wish), event.at);
  const owner = newThreadOwner(event);
  if (owner !== undefined) {
    const news = { thread_owner: owner, thread_owner_since: event.at };
    await updateContactForward(trx, event.conversation, 'thread_owner_since', event.at, news);
  }
}

function signalColumn(wish: OptSignal): 'opted_out_at' | 'opted_in_at' {
  return wish === 'stop' ? 'opted_out_at' : 'opted_in_at';
}

/** Who answers in the thread from then on, if the event tells. */
function newThreadOwner(event: InboundEvent): string | undefined {
  if (event.kind === 'thread_control' && event.action !== 'request') return event.newOwnerAppId ?? 'idle';
  // A copy for those who do not own the thread.
  if (event.isStandby && (event.kind === 'message' || event.kind === 'postback')) return UNNAMED_APP;
  return undefined;
}

async function updateContact(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  news: Partial<ContactsTable>,
): Promise<void> {
  await trx.updateTable('contacts').set(news).where('conversation', '=', conversation).execute();
}

/** Late events change nothing. */
async function updateContactForward(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  moment: 'opted_out_at' | 'opted_in_at' | 'thread_owner_since',
  at: number,
  news: Partial<ContactsTable> = { [moment]: at },
): Promise<void> {
  await trx
    .updateTable('contacts')
    .set(news)
    .where('conversation', '=', conversation)
    .where(sql<boolean>`coalesce(${sql.ref(moment)}, 0) <= ${at}`)
    .execute();
}
