/** What is written when Meta tells something: the event itself, and all that follows from it. */

import type { Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { DecodedEvent } from '../../messenger/inbound/decoded-event.ts';
import type { InboundEvent, InboundEventKind } from '../../messenger/inbound/inbound-event.ts';
import { recordReceipt, recordVisit } from '../contacts.ts';
import { shortKey } from '../db/short-key.ts';
import type { InboxTable, Tables } from '../db/tables.ts';
import { recordEligibility } from '../send-eligibility.ts';
import { recordTranscriptLine } from '../transcript.ts';
import { recordEcho } from './echo.ts';
import { recordRedaction } from './redact-unsent.ts';

/** Receipts only move a watermark: kept in `contacts`, never queued one by one. */
const RECEIPT_KINDS: ReadonlySet<InboundEventKind> = new Set(['read', 'delivery']);
/** What a conversation does not need to hear of. */
const STORED_ONLY_KINDS: ReadonlySet<InboundEventKind> = new Set([
  'unknown',
  'malformed',
  'change',
  'call',
  'app_roles',
  'policy_enforcement',
  'unsend',
]);
/** Databases take some ten thousand values in one statement; a row has ten. */
const ROWS_PER_STATEMENT = 1000;

/** Events about the same topic are kept one after the other. */
export function lockKeyOf({ conversation, pageId }: InboundEvent): string {
  return conversation ?? pageId;
}

/** Gives the conversations that have something new to hear. */
export async function recordEvents(
  trx: Transaction<Tables>,
  delivered: readonly DecodedEvent[],
  receivedAt: number,
): Promise<ConversationId[]> {
  for (const { event } of delivered) if (RECEIPT_KINDS.has(event.kind)) await recordReceipt(trx, event, receivedAt);
  const queued = delivered.filter(({ event }) => !RECEIPT_KINDS.has(event.kind));

  const rows: NewInboxRow[] = [];
  for (const { event, raw } of queued) rows.push(await inboxRow(trx, event, raw, receivedAt));
  const isNew = await insertNewRows(trx, rows);

  const toHear = new Set<ConversationId>();
  for (const [index, { event }] of queued.entries()) {
    const row = rows[index];
    if (!row || !isNew.delete(row.dedupe_key)) continue;
    await recordVisit(trx, event, receivedAt);
    await recordEligibility(trx, event, receivedAt);
    await recordTranscriptLine(trx, event);
    await recordRedaction(trx, event);
    if (row.status === 'pending' && event.conversation) toHear.add(event.conversation);
  }
  return [...toHear];
}

type NewInboxRow = Omit<InboxTable, 'id'>;

/** The keys of those that were not there yet. */
async function insertNewRows(trx: Transaction<Tables>, rows: readonly NewInboxRow[]): Promise<Set<string>> {
  const added = new Set<string>();
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const inserted = await trx
      .insertInto('inbox')
      .values(rows.slice(start, start + ROWS_PER_STATEMENT))
      .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
      .returning('dedupe_key')
      .execute();
    for (const { dedupe_key } of inserted) added.add(dedupe_key);
  }
  return added;
}

async function inboxRow(
  trx: Transaction<Tables>,
  event: InboundEvent,
  raw: unknown,
  receivedAt: number,
): Promise<NewInboxRow> {
  return {
    dedupe_key: shortKey(event.dedupeKey),
    page_id: event.pageId,
    conversation: event.conversation ?? null,
    kind: event.kind,
    at: event.at,
    received_at: receivedAt,
    event_json: JSON.stringify(event),
    raw_json: JSON.stringify(raw),
    status: (await isForWorkflow(trx, event, receivedAt)) ? 'pending' : 'stored',
    reason: event.kind === 'malformed' ? event.reason : null,
  };
}

async function isForWorkflow(trx: Transaction<Tables>, event: InboundEvent, receivedAt: number): Promise<boolean> {
  if (!event.conversation || STORED_ONLY_KINDS.has(event.kind)) return false;
  if (event.kind !== 'echo') return true;
  const isOurs = await recordEcho(trx, event, receivedAt);
  return !isOurs;
}
