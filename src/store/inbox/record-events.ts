/** Stores events, and in the same transaction everything else in the store that follows from them. */

import type { Kysely, Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { InboundEvent, InboundEventKind } from '../../messenger/inbound/inbound-event.ts';
import type { DecodedEvent, InboxItem } from '../../messenger/inbound/inbox-item.ts';
import { recordReceipt, recordVisit } from '../contacts.ts';
import { compileOnce } from '../db/compile-once.ts';
import { shortKey } from '../db/short-key.ts';
import type { InboxTable, Tables } from '../db/tables.ts';
import { recordEligibility } from '../eligibility-records.ts';
import { cipherOf } from '../encryption/column-cipher.ts';
import { recordTemplateEvent } from '../template-statuses.ts';
import { recordTranscriptLine } from '../transcript.ts';
import type { OriginOf } from './echo-origin.ts';
import { recordEcho } from './echo.ts';
import { acquireLease, EVENTS_PER_SIGNAL, readPendingEvents, type Lease, type LeasedConversation } from './leases.ts';
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
/** Databases take some ten thousand values in one statement; a row has twelve. */
const ROWS_PER_STATEMENT = 1000;

/** Writes what follows from one event that was not in the inbox before. */
type Recorder = (
  trx: Transaction<Tables>,
  event: InboundEvent,
  receivedAt: number,
  originOf: OriginOf,
) => Promise<void>;

/** In this order, for one event after the other. */
const RECORDERS: readonly Recorder[] = [
  // First: inserts the contact that recordEligibility updates.
  recordVisit,
  recordEligibility,
  recordTemplateEvent,
  // Before the redaction, which reads from the transcript whether the message is unsent.
  (trx, event, _receivedAt, originOf) => recordTranscriptLine(trx, event, originOf),
  recordRedaction,
];

/** What became of a batch of events. */
export interface RecordedEvents {
  /** Conversations with a new pending event that were not leased. */
  readonly waiting: readonly ConversationId[];
  /** Conversations with a new pending event that were leased. */
  readonly leased: readonly LeasedConversation[];
}

/**
 * The lease to take for a conversation; `undefined` if it cannot be dispatched at once. Asked inside the transaction, which
 * may run twice: the same conversation then gets the same answer.
 */
export type OfferLease = (conversation: ConversationId) => Lease | undefined;

/** Transactions with the same lock key run one after the other, so that one person's events are recorded in turn. */
export function lockKeyOf({ conversation, pageId }: InboundEvent): string {
  return conversation ?? pageId;
}

/**
 * Records a batch: receipts, then rows of the inbox, then what follows from the rows that are new, then leases.
 */
export async function recordEvents(
  trx: Transaction<Tables>,
  delivered: readonly DecodedEvent[],
  receivedAt: number,
  offerLease: OfferLease,
  originOf: OriginOf,
): Promise<RecordedEvents> {
  // Receipts have no row to recognise a repetition by; recording one again changes nothing.
  for (const { event } of delivered) if (RECEIPT_KINDS.has(event.kind)) await recordReceipt(trx, event, receivedAt);
  const queued = delivered.filter(({ event }) => !RECEIPT_KINDS.has(event.kind));

  const rows: NewInboxRow[] = [];
  // Before the insert: whether an echo confirms one of our sends decides the status of its row.
  for (const { event, raw } of queued) rows.push(await createInboxRow(trx, event, raw, receivedAt, originOf));
  const newIds = await insertNewRows(trx, rows);

  const pending = new Map<ConversationId, InboxItem[]>();
  for (const [index, { event }] of queued.entries()) {
    const row = rows[index];
    const inboxId = row && newIds.get(row.dedupe_key);
    if (!row || inboxId === undefined) continue;
    newIds.delete(row.dedupe_key);
    for (const record of RECORDERS) await record(trx, event, receivedAt, originOf);
    if (row.status !== 'pending' || !event.conversation) continue;
    const items = pending.get(event.conversation);
    if (items) items.push({ inboxId, event });
    else pending.set(event.conversation, [{ inboxId, event }]);
  }
  return leaseOffered(trx, pending, receivedAt, offerLease);
}

/** Records again what follows from an event whose row stayed when everything else of the person was erased. */
export async function recordAgain(
  trx: Transaction<Tables>,
  { event, receivedAt }: { readonly event: InboundEvent; readonly receivedAt: number },
  originOf: OriginOf,
): Promise<void> {
  for (const record of RECORDERS) await record(trx, event, receivedAt, originOf);
}

async function leaseOffered(
  trx: Transaction<Tables>,
  pending: ReadonlyMap<ConversationId, readonly InboxItem[]>,
  receivedAt: number,
  offerLease: OfferLease,
): Promise<RecordedEvents> {
  const waiting: ConversationId[] = [];
  const leased: LeasedConversation[] = [];
  for (const [conversation, newItems] of pending) {
    const lease = offerLease(conversation);
    const count = lease && (await acquireLease(trx, conversation, lease));
    if (count === undefined) waiting.push(conversation);
    else if (count === newItems.length && !newItems.some(mayBeRedacted))
      leased.push({ conversation, items: newItems.toSorted(compareItems).slice(0, EVENTS_PER_SIGNAL), receivedAt });
    else leased.push(...(await readPendingEvents(trx, new Set([conversation]))));
  }
  return { waiting, leased };
}

/** Such an event may be `stored` by now, because its unsend came first. */
function mayBeRedacted({ event }: InboxItem): boolean {
  return unsendableMid(event) !== undefined;
}

function compareItems(one: InboxItem, other: InboxItem): number {
  return one.event.at - other.event.at || one.inboxId - other.inboxId;
}

type NewInboxRow = Omit<InboxTable, 'id'>;

/** Resolves to the ids of the rows that were not there yet, by dedupe key. */
async function insertNewRows(trx: Transaction<Tables>, rows: readonly NewInboxRow[]): Promise<Map<string, number>> {
  const newIds = new Map<string, number>();
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const [row, ...others] = rows.slice(start, start + ROWS_PER_STATEMENT);
    if (!row) break;
    const inserted =
      others.length === 0 ? await insertRow(trx, row) : await insertRows(trx, [row, ...others]).execute();
    for (const { id, dedupe_key } of inserted) newIds.set(dedupe_key, Number(id));
  }
  return newIds;
}

const insertRows = (db: Kysely<Tables>, rows: readonly NewInboxRow[]) =>
  db
    .insertInto('inbox')
    .values(rows)
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .returning(['id', 'dedupe_key']);

const insertRow = compileOnce((db, row: NewInboxRow) => insertRows(db, [row]));

async function createInboxRow(
  trx: Transaction<Tables>,
  event: InboundEvent,
  raw: unknown,
  receivedAt: number,
  originOf: OriginOf,
): Promise<NewInboxRow> {
  const mid = unsendableMid(event);
  const dedupe_key = shortKey(event.dedupeKey);
  const content = { event_json: JSON.stringify(event), raw_json: JSON.stringify(raw) };
  return {
    dedupe_key,
    page_id: event.pageId,
    conversation: event.conversation ?? null,
    kind: event.kind,
    at: event.at,
    received_at: receivedAt,
    ...cipherOf(trx).seal('inbox', { dedupe_key }, content),
    status: (await isForWorkflow(trx, event, receivedAt, originOf)) ? 'pending' : 'stored',
    reason: event.kind === 'malformed' ? event.reason : null,
    mid: mid === undefined ? null : shortKey(mid),
    dispatched_at: null,
  };
}

/** Confirms the send that an echo proves. Such an echo is not delivered to the workflow. */
async function isForWorkflow(
  trx: Transaction<Tables>,
  event: InboundEvent,
  receivedAt: number,
  originOf: OriginOf,
): Promise<boolean> {
  if (!event.conversation || STORED_ONLY_KINDS.has(event.kind)) return false;
  if (event.kind !== 'echo') return true;
  const isOurs = await recordEcho(trx, event, originOf(event), receivedAt);
  return !isOurs;
}
