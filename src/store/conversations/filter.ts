/** Which conversations are listed: the conditions of a list of conversations. */

import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, sql, type SqlBool } from 'kysely';
import type { Channel } from '../../domain/conversation-id.ts';
import type { HandoffState } from '../../domain/handoff.ts';
import { hasTag } from '../audience.ts';
import type { HandoffsTable, Tables } from '../db/tables.ts';
import { matches } from './search.ts';

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
  /** Did something last in this time; `to` is not part of it. */
  readonly lastActionBetween?: { readonly from?: number | undefined; readonly to?: number | undefined } | undefined;
  /** Wrote in this time; `to` is not part of it. */
  readonly wroteBetween?: { readonly from: number; readonly to: number } | undefined;
  /** The name of the operator who holds the conversation. */
  readonly heldBy?: string | undefined;
  /** Whether an operator snoozed it. Default: both; in the state `waiting` only those that are not. */
  readonly isSnoozed?: boolean | undefined;
}

/** With the conversations that match the search; left out: there are too many to name. */
export type FoundFilter = ConversationFilter & { readonly found?: readonly string[] | undefined };

/** When the person did something last; as in the index `contacts_by_activity`. */
export const LATEST_ACTION = sql<number>`coalesce(contacts.window_opened_at, 0)`;

/** As `snoozedUntil` says it of one conversation; only those that wait are snoozed. */
export function isSnoozed(now: number): Expression<SqlBool> {
  return sql<SqlBool>`(coalesce(handoffs.snoozed_until, 0) > ${now} and ${LATEST_ACTION} <= coalesce(handoffs.snoozed_after, 0))`;
}

/** Contacts with the handoff that each may have. */
type Joined = Tables & { handoffs: { [Column in keyof HandoffsTable]: HandoffsTable[Column] | null } };

/** The query with the conditions of the filter, except those of the state. */
export function filtered<Query extends SelectQueryBuilder<Joined, 'contacts' | 'handoffs', object>>(
  query: Query,
  filter: FoundFilter,
): Query {
  return query.where((eb) => eb.and(conditionsOf(eb, filter))) as Query;
}

function conditionsOf(
  eb: ExpressionBuilder<Joined, 'contacts' | 'handoffs'>,
  filter: FoundFilter,
): Expression<SqlBool>[] {
  const { pages, channel, tag, search, found, isUnread, windowOpenedBetween: window, heldBy, wroteBetween } = filter;
  const { from, to } = filter.lastActionBetween ?? {};
  const isAfterLook = sql<SqlBool>`coalesce(contacts.window_opened_at, 0) > coalesce(handoffs.seen_at, 0)`;
  return [
    ...(pages ? [pages.length === 0 ? sql<SqlBool>`1 = 0` : eb('contacts.page_id', 'in', pages)] : []),
    // Not `like` or `<`: collations of PostgreSQL may skip the colon.
    ...(channel ? [sql<SqlBool>`substr(contacts.conversation, 1, ${channel.length + 1}) = ${`${channel}:`}`] : []),
    ...(tag === undefined ? [] : [hasTag(tag)]),
    ...(isUnread === undefined ? [] : [isUnread ? isAfterLook : eb.not(isAfterLook)]),
    ...(window ? [eb(LATEST_ACTION, '>', window.from), eb(LATEST_ACTION, '<=', window.to)] : []),
    ...(from === undefined ? [] : [eb(LATEST_ACTION, '>=', from)]),
    ...(to === undefined ? [] : [eb(LATEST_ACTION, '<', to)]),
    ...(wroteBetween ? [hasWritten(wroteBetween)] : []),
    ...(heldBy === undefined ? [] : [eb('handoffs.held_by', '=', heldBy)]),
    ...(search === undefined ? [] : found ? [eb('contacts.conversation', 'in', found)] : [matches(search)]),
  ];
}

/** Whether the person wrote in a time: one look into the index `messages_of_conversation` for each conversation of the list. */
function hasWritten({ from, to }: { readonly from: number; readonly to: number }): Expression<SqlBool> {
  const written = sql`select 1 from messages where messages.conversation = contacts.conversation and messages.at >= ${from}
    and messages.at < ${to} and messages.author = 'person' and messages.deleted_at is null`;
  return sql<SqlBool>`exists (${written})`;
}
