/** Lists conversations for operators: those who wait for an operator first, then by the person's latest action. */

import { type Kysely, sql } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { snoozedUntil, type Handoff, type HandoffState } from '../../domain/handoff.ts';
import { toContact, type Contact } from '../contacts.ts';
import type { ContactsTable, HandoffsTable, Tables } from '../db/tables.ts';
import { cipherOf, type ColumnCipher } from '../encryption/column-cipher.ts';
import { toHandoff } from '../handoffs.ts';
import { filtered, isSnoozed, LATEST_ACTION, type ConversationFilter, type FoundFilter } from './filter.ts';
import { readLastLines, type LastLine } from './last-lines.ts';
import { findMatches } from './search.ts';

/** Which part of the list to read. */
export interface ConversationPage {
  readonly after?: ListPlace | undefined;
  readonly limit: number;
  /** Real time, epoch ms: conversations that were snoozed until then come back. */
  readonly now: number;
}

/** The place of a conversation in the list. */
export interface ListPlace {
  /** Whether it is among those that wait and are not snoozed. */
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
  given: ConversationFilter,
  page: ConversationPage,
): Promise<readonly ListedConversation[]> {
  const { limit, now, after } = page;
  const found = given.search === undefined ? undefined : await findMatches(db, given.search);
  if (found?.length === 0) return [];
  const filter: FoundFilter = { ...given, found };
  const isWaitingAsked = (filter.state ?? 'waiting') === 'waiting' && filter.isSnoozed !== true;
  const waiting =
    !isWaitingAsked || after?.isWaiting === false ? [] : await waitingPage(db, filter, page).limit(limit).execute();
  const areOthersAsked = filter.state !== 'waiting' || filter.isSnoozed === true;
  const others =
    !areOthersAsked || waiting.length === limit
      ? []
      : await othersPage(db, filter, page)
          .limit(limit - waiting.length)
          .execute();
  const rows = [...waiting, ...others];
  const lines = await readLastLines(db, rows);
  return rows.map((row) => toListed(cipherOf(db), row, lines.get(row.conversation), now));
}

/** The conversations of these ids, in no order; those of people who are not stored are left out. */
export async function readConversations(
  db: Kysely<Tables>,
  ids: readonly ConversationId[],
  now: number,
): Promise<readonly ListedConversation[]> {
  if (ids.length === 0) return [];
  const rows = await joined(db, {}).where('contacts.conversation', 'in', ids).execute();
  const lines = await readLastLines(db, rows);
  return rows.map((row) => toListed(cipherOf(db), row, lines.get(row.conversation), now));
}

function waitingPage(db: Kysely<Tables>, filter: FoundFilter, { after, now }: ConversationPage) {
  const page = joined(db, filter)
    .where('handoffs.state', '=', sql.lit('waiting'))
    .where((eb) => eb.not(isSnoozed(now)))
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

function othersPage(db: Kysely<Tables>, filter: FoundFilter, { after, now }: ConversationPage) {
  const state = sql<HandoffState>`coalesce(handoffs.state, 'bot')`;
  let page = joined(db, filter).orderBy(LATEST_ACTION, 'desc').orderBy('contacts.conversation', 'desc');
  if (filter.state !== undefined) page = page.where(state, '=', filter.state);
  if (filter.isSnoozed === true) page = page.where('handoffs.state', '=', 'waiting').where(isSnoozed(now));
  else if (filter.isSnoozed === false) page = page.where(state, '!=', 'waiting');
  else page = page.where((eb) => eb.or([eb(state, '!=', 'waiting'), isSnoozed(now)]));
  if (after?.isWaiting !== false) return page;
  const { at, conversation } = after;
  return page
    .where(LATEST_ACTION, '<=', at)
    .where((eb) => eb.or([eb(LATEST_ACTION, '<', at), eb('contacts.conversation', '<', conversation)]));
}

const HANDOFF_COLUMNS = [
  'state',
  'held_by',
  'reason',
  'waiting_since',
  'until',
  'seen_at',
  'snoozed_until',
  'snoozed_after',
] as const;

function joined(db: Kysely<Tables>, filter: FoundFilter) {
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

type ListRow = ContactsTable & { readonly [Column in (typeof HANDOFF_COLUMNS)[number]]: HandoffsTable[Column] | null };

function toListed(cipher: ColumnCipher, row: ListRow, lastLine: LastLine | undefined, now: number): ListedConversation {
  const { state } = row;
  const handoff = state === null ? undefined : toHandoff(cipher.open('handoffs', { ...row, state }));
  const latestActionAt = row.window_opened_at ?? 0;
  const isWaiting = handoff?.state === 'waiting' && snoozedUntil(handoff, latestActionAt, now) === undefined;
  const at = isWaiting ? (row.waiting_since ?? 0) : latestActionAt;
  return {
    place: { isWaiting, at, conversation: row.conversation as ConversationId },
    contact: toContact(cipher.open('contacts', row)),
    handoff,
    lastLine,
    isUnread: latestActionAt > (row.seen_at ?? 0),
  };
}
