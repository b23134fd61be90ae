/** Lists conversations for operators: those who wait for an operator first, then by the person's latest action. */

import {
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type SelectQueryBuilder,
  sql,
  type SqlBool,
} from 'kysely';
import type { Channel, ConversationId } from '../../domain/conversation-id.ts';
import type { Handoff, HandoffState } from '../../domain/handoff.ts';
import { hasTag } from '../audience.ts';
import { toContact, type Contact } from '../contacts.ts';
import type { ContactsTable, HandoffsTable, Tables } from '../db/tables.ts';
import { toHandoff } from '../handoffs.ts';
import { readLastLines, type LastLine } from './last-lines.ts';
import { findMatches, matches } from './search.ts';

/** Which conversations to list; every condition that is given must hold. Times are epoch ms. */
export interface ConversationFilter {
  readonly state?: HandoffState | undefined;
  /** Ids of Pages; left out: all. */
  readonly pages?: readonly string[] | undefined;
  readonly channel?: Channel | undefined;
  readonly tag?: string | undefined;
  /** A part of the name, of a newer message, or the whole conversation id. */
  readonly search?: string | undefined;
  /** Whether the person did something after operators last looked. */
  readonly isUnread?: boolean | undefined;
  /** Did something that opens the window, in this time. */
  readonly windowOpenedBetween?: { readonly from: number; readonly to: number } | undefined;
  /** The name of the operator who holds the conversation. */
  readonly heldBy?: string | undefined;
}

/** The place of a conversation in the list. */
export interface ListPlace {
  /** Whether it is among those that wait. */
  readonly isWaiting: boolean;
  /** Since when it waits; or the time of the person's latest action. Epoch ms. */
  readonly at: number;
  readonly conversation: ConversationId;
}

/** A conversation in the list. */
export interface ListedConversation {
  readonly place: ListPlace;
  readonly contact: Contact;
  readonly handoff: Handoff | undefined;
  readonly lastLine: LastLine | undefined;
  readonly isUnread: boolean;
}

/** One page of the list. A conversation that moves between two pages may be in both, or in neither. */
export async function listConversations(
  db: Kysely<Tables>,
  filter: ConversationFilter,
  { after, limit }: { readonly after?: ListPlace | undefined; readonly limit: number },
): Promise<readonly ListedConversation[]> {
  const found = filter.search === undefined ? undefined : await findMatches(db, filter.search);
  if (found?.length === 0) return [];
  const page: Filter = { ...filter, found };
  const waiting =
    (filter.state ?? 'waiting') !== 'waiting' || after?.isWaiting === false
      ? []
      : await waitingPage(db, page, after).limit(limit).execute();
  const others =
    filter.state === 'waiting' || waiting.length === limit
      ? []
      : await othersPage(db, page, after?.isWaiting === false ? after : undefined)
          .limit(limit - waiting.length)
          .execute();
  const rows = [...waiting, ...others];
  const lines = await readLastLines(db, rows);
  return rows.map((row) => toListed(row, lines.get(row.conversation)));
}

/** The conversations of these ids, in no order; those of people who are not stored are left out. */
export async function readConversations(
  db: Kysely<Tables>,
  ids: readonly ConversationId[],
): Promise<readonly ListedConversation[]> {
  if (ids.length === 0) return [];
  const rows = await joined(db, {}).where('contacts.conversation', 'in', ids).execute();
  const lines = await readLastLines(db, rows);
  return rows.map((row) => toListed(row, lines.get(row.conversation)));
}

/** With the conversations that match the search; left out: there are too many to name. */
type Filter = ConversationFilter & { readonly found?: readonly string[] | undefined };

function waitingPage(db: Kysely<Tables>, filter: Filter, after: ListPlace | undefined) {
  const page = joined(db, filter)
    .where('handoffs.state', '=', sql.lit('waiting'))
    .orderBy('handoffs.waiting_since')
    .orderBy('handoffs.conversation');
  if (!after) return page;
  const { at, conversation } = after;
  return page.where((eb) =>
    eb.or([
      eb('handoffs.waiting_since', '>', at),
      eb.and([eb('handoffs.waiting_since', '=', at), eb('handoffs.conversation', '>', conversation)]),
    ]),
  );
}

/** As in the index `contacts_by_activity`. */
const LATEST_ACTION = sql<number>`coalesce(contacts.window_opened_at, 0)`;

function othersPage(db: Kysely<Tables>, filter: Filter, after: ListPlace | undefined) {
  const state = sql<HandoffState>`coalesce(handoffs.state, 'bot')`;
  let page = joined(db, filter).orderBy(LATEST_ACTION, 'desc').orderBy('contacts.conversation', 'desc');
  page = page.where(state, filter.state === undefined ? '!=' : '=', filter.state ?? 'waiting');
  if (!after) return page;
  const { at, conversation } = after;
  return page
    .where(LATEST_ACTION, '<=', at)
    .where((eb) => eb.or([eb(LATEST_ACTION, '<', at), eb('contacts.conversation', '<', conversation)]));
}

const HANDOFF_COLUMNS = ['state', 'held_by', 'reason', 'waiting_since', 'until', 'seen_at'] as const;

function joined(db: Kysely<Tables>, filter: Filter) {
  const rows = db
    .selectFrom('contacts')
    .leftJoin('handoffs', 'handoffs.conversation', 'contacts.conversation')
    .selectAll('contacts')
    .select(HANDOFF_COLUMNS.map((column) => `handoffs.${column}` as const))
    .select((eb) =>
      eb
        .selectFrom('messages')
        .select('mid')
        .whereRef('messages.conversation', '=', 'contacts.conversation')
        .where('deleted_at', 'is', null)
        .orderBy('at', 'desc')
        .orderBy('mid', 'desc')
        .limit(sql.lit(1))
        .as('last_mid'),
    );
  return filtered(rows, filter);
}

type Joined = Tables & { handoffs: { [Column in keyof HandoffsTable]: HandoffsTable[Column] | null } };

function filtered<Query extends SelectQueryBuilder<Joined, 'contacts' | 'handoffs', object>>(
  query: Query,
  filter: Filter,
): Query {
  return query.where((eb) => eb.and(conditionsOf(eb, filter))) as Query;
}

function conditionsOf(
  eb: ExpressionBuilder<Joined, 'contacts' | 'handoffs'>,
  { pages, channel, tag, search, found, isUnread, windowOpenedBetween: window, heldBy }: Filter,
): Expression<SqlBool>[] {
  const isAfterLook = sql<SqlBool>`coalesce(contacts.window_opened_at, 0) > coalesce(handoffs.seen_at, 0)`;
  return [
    ...(pages ? [pages.length === 0 ? sql<SqlBool>`1 = 0` : eb('contacts.page_id', 'in', pages)] : []),
    // Not `like` or `<`: collations of PostgreSQL may skip the colon.
    ...(channel ? [sql<SqlBool>`substr(contacts.conversation, 1, ${channel.length + 1}) = ${`${channel}:`}`] : []),
    ...(tag === undefined ? [] : [hasTag(tag)]),
    ...(isUnread === undefined ? [] : [isUnread ? isAfterLook : eb.not(isAfterLook)]),
    ...(window ? [eb(LATEST_ACTION, '>', window.from), eb(LATEST_ACTION, '<=', window.to)] : []),
    ...(heldBy === undefined ? [] : [eb('handoffs.held_by', '=', heldBy)]),
    ...(search === undefined ? [] : found ? [eb('contacts.conversation', 'in', found)] : [matches(search)]),
  ];
}

type ListRow = ContactsTable & { readonly [Column in (typeof HANDOFF_COLUMNS)[number]]: HandoffsTable[Column] | null };

function toListed(row: ListRow, lastLine: LastLine | undefined): ListedConversation {
  const { state } = row;
  const isWaiting = state === 'waiting';
  const at = isWaiting ? (row.waiting_since ?? 0) : (row.window_opened_at ?? 0);
  return {
    place: { isWaiting, at, conversation: row.conversation as ConversationId },
    contact: toContact(row),
    handoff: state === null ? undefined : toHandoff({ ...row, state }),
    lastLine,
    isUnread: (row.window_opened_at ?? 0) > (row.seen_at ?? 0),
  };
}
