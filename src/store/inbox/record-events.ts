/** Stores events, and in the same transaction everything else in the store that follows from them. */

import type { Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { InboundEvent, InboundEventKind } from '../../messenger/inbound/inbound-event.ts';
import type { DecodedEvent } from '../../messenger/inbound/inbox-item.ts';
import { recordReceipt, recordVisit } from '../contacts.ts';
import { shortKey } from '../db/short-key.ts';
import type { InboxTable, Tables } from '../db/tables.ts';
import { recordEligibility } from '../eligibility-records.ts';
import { recordTranscriptLine } from '../transcript.ts';
import { recordEcho } from './echo.ts';
import { recordRedaction, unsendableMid } from './redact-unsent.ts';

/** Receipts move a watermark of the contact and get no row in the inbox. */
const RECEIPT_KINDS: ReadonlySet<InboundEventKind> = new Set(['read', 'delivery']);
/** Stored, and not delivered to a conversation: no workflow has a use for them. */
const STORED_ONLY_KINDS: ReadonlySet<InboundEventKind> = new Set([
  'unknown',
  'malformed',
  'change',
  'call',
  'app_roles',
  'policy_enforcement',
  'unsend',
]);
/** Databases take some ten thousand values in one statement; a row has eleven. */
const ROWS_PER_STATEMENT = 1000;

/** Writes what follows from one event that was not in the inbox before. */
type Recorder = (trx: Transaction<Tables>, event: InboundEvent, receivedAt: number) => Promise<void>;

/** In this order, for one event after the other. */
const RECORDERS: readonly Recorder[] = [
  // First: inserts the contact that recordEligibility updates.
  recordVisit,
  recordEligibility,
  // Before the redaction, which reads from the transcript whether the message is unsent.
  recordTranscriptLine,
  recordRedaction,
];

/** Transactions with the same lock key run one after the other, so that one person's events are recorded in turn. */
export function lockKeyOf({ conversation, pageId }: InboundEvent): string {
  return conversation ?? pageId;
}

/**
 * Records a batch: receipts, then rows of the inbox, then what follows from the rows that are new. Resolves to the
 * conversations that have a new pending event.
 */
export async function recordEvents(
  trx: Transaction<Tables>,
  delivered: readonly DecodedEvent[],
  receivedAt: number,
): Promise<ConversationId[]> {
  // Receipts have no row to recognise a repetition by; recording one again changes nothing.
  for (const { event } of delivered) if (RECEIPT_KINDS.has(event.kind)) await recordReceipt(trx, event, receivedAt);
  const queued = delivered.filter(({ event }) => !RECEIPT_KINDS.has(event.kind));

  const rows: NewInboxRow[] = [];
  // Before the insert: whether an echo confirms one of our sends decides the status of its row.
  for (const { event, raw } of queued) rows.push(await createInboxRow(trx, event, raw, receivedAt));
  const newKeys = await insertNewRows(trx, rows);

  const withPending = new Set<ConversationId>();
  for (const [index, { event }] of queued.entries()) {
    const row = rows[index];
    if (!row || !newKeys.delete(row.dedupe_key)) continue;
    for (const record of RECORDERS) await record(trx, event, receivedAt);
    if (row.status === 'pending' && event.conversation) withPending.add(event.conversation);
  }
  return [...withPending];
}

type NewInboxRow = Omit<InboxTable, 'id'>;

/** Resolves to the dedupe keys that were not there yet. */
async function insertNewRows(trx: Transaction<Tables>, rows: readonly NewInboxRow[]): Promise<Set<string>> {
  const newKeys = new Set<string>();
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const inserted = await trx
      .insertInto('inbox')
      .values(rows.slice(start, start + ROWS_PER_STATEMENT))
      .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
      .returning('dedupe_key')
      .execute();
    for (const { dedupe_key } of inserted) newKeys.add(dedupe_key);
  }
  return newKeys;
}

async function createInboxRow(
  trx: Transaction<Tables>,
  event: InboundEvent,
  raw: unknown,
  receivedAt: number,
): Promise<NewInboxRow> {
  const mid = unsendableMid(event);
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
    mid: mid === undefined ? null : shortKey(mid),
  };
}

/** Confirms the send that an echo proves. Such an echo is not delivered to the workflow. */
async function isForWorkflow(trx: Transaction<Tables>, event: InboundEvent, receivedAt: number): Promise<boolean> {
  if (!event.conversation || STORED_ONLY_KINDS.has(event.kind)) return false;
  if (event.kind !== 'echo') return true;
  const isOurs = await recordEcho(trx, event, receivedAt);
  return !isOurs;
}
