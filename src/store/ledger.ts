import { sql, type Transaction } from 'kysely';
import { type ConversationId, conversationParts } from '../domain/conversation-id.ts';
import { conversationOfSend, type SendId } from '../domain/send-id.ts';
import { textOfOutbound, type OutboundMessage } from '../messenger/outbound/outbound-message.ts';
import type { Contact } from './contacts.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import { shortKey } from './db/short-key.ts';
import type { SendsTable, Tables } from './db/tables.ts';
import { takeProbe, type OpenBreaker } from './page-circuit-breaker.ts';
import { findContactAndPage } from './send-eligibility.ts';

/** What is written down of a send before Meta hears of it. */
export interface NewSend {
  readonly sendId: SendId;
  readonly conversation: ConversationId;
  readonly author: 'bot' | 'human';
  readonly purpose: string;
  readonly guarantee: string;
  readonly message: OutboundMessage;
}

/** A row of the ledger. */
export interface LedgerEntry {
  readonly status: SendsTable['status'];
  readonly code?: string;
  readonly messageId?: string;
  readonly attempts: number;
  /** By the person's clock. */
  readonly createdAt: number;
  readonly doubtfulSince?: number;
}

/** May this be said to this person, and how? Asked inside the transaction that writes the row. */
export type Judge<How> = (contact: Contact | undefined, page: OpenBreaker | undefined) => Judgement<How>;
export type Judgement<How> =
  | {
      readonly how: How;
      /** Set when the Page is held back and this send tries whether that is over. Real time, epoch ms. */
      readonly probesAt?: number;
    }
  | { readonly refusal: string }
  /** Not now. */
  | { readonly hold: string };

/** An entry; `how` is there when it is our turn to call Meta for it. */
export interface CallPermit<How> {
  readonly entry: LedgerEntry;
  readonly how?: How;
  readonly isProbe?: boolean;
}

/** How a send can end without having been sent. */
export interface SendEnd {
  readonly status: 'refused' | 'failed' | 'unknown';
  readonly code: string;
}

/** Sends that did not go out, or not yet, for one and the same reason. */
export interface FailureGroup {
  readonly status: Exclude<SendsTable['status'], 'sent'>;
  readonly code: string;
  readonly sends: number;
  /** When the last of them was settled or, while it is not, written down; by the person's clock. */
  readonly lastAt: number;
}

export interface Ledger {
  /** How a send would be judged at this moment. Writes nothing. */
  preview<How>(send: NewSend, judge: Judge<How>): Promise<Judgement<How>>;
  /** Writes a send down and judges it; a send that is already there is left as it is. */
  open<How>(send: NewSend, judge: Judge<How>, now: number): Promise<CallPermit<How>>;
  /** Takes the turn to call again for an entry that is `waiting` or `doubtful`, unless it changed since it was read. */
  reopen<How>(send: NewSend, seen: LedgerEntry, judge: Judge<How>, now: number): Promise<CallPermit<How>>;
  sent(send: NewSend, messageId: string, now: number): Promise<void>;
  /** Certainly not taken, will be tried again. Of an attempt that another has followed nothing is recorded. */
  postpone(sendId: SendId, code: string, attempts: number): Promise<void>;
  /** Perhaps taken: nobody calls again before an echo had its chance. */
  markUnconfirmed(sendId: SendId, code: string, attempts: number, now: number): Promise<void>;
  /** Final without having been sent. */
  settle(sendId: SendId, end: SendEnd, attempts: number, now: number): Promise<void>;
  /** Ends what is not final: `failed` when it was certainly not taken, else `unknown`. Gives the entry as it is then. */
  withdraw(sendId: SendId, code: string, now: number): Promise<LedgerEntry | undefined>;
  find(sendId: SendId): Promise<LedgerEntry | undefined>;
  /** How many entries are in which status, save those that are `sent`: cheap, however many there are in all. */
  counts(): Promise<Record<Exclude<SendsTable['status'], 'sent'>, number>>;
  /** Why sends did not go out, the newest reason first; without those that were settled before `since`. */
  failureGroups(since: number): Promise<readonly FailureGroup[]>;
}

/** What may be called again. */
const REOPENED: readonly SendsTable['status'][] = ['waiting', 'doubtful'];
/** Nobody overwrites what an echo or an answer has proved. */
const OPEN: readonly SendsTable['status'][] = ['calling', 'waiting', 'doubtful'];

export function createLedger({ db }: Pick<Database, 'db'>, write: Write<Tables>): Ledger {
  const change = (sendId: SendId, attempts: number, values: Partial<SendsTable>) =>
    write([conversationOfSend(sendId)], async (trx) => {
      const entry = trx.updateTable('sends').set(values).where('send_id', '=', sendId).where('attempts', '=', attempts);
      await entry.where('status', 'in', OPEN).execute();
    });

  return {
    async preview(send, judge) {
      const { contact, page } = await findContactAndPage(db, send.conversation);
      return judge(contact, page);
    },

    open: (send, judge, now) =>
      write([send.conversation], async (trx) => {
        const known = await findEntry(trx, send.sendId);
        if (known) return { entry: known };
        const judgement = await judged(trx, send, judge);
        const verdict = written(judgement, now);
        const attempts = 'how' in judgement ? 1 : 0;
        await trx
          .insertInto('sends')
          .values({
            send_id: send.sendId,
            conversation: send.conversation,
            author: send.author,
            purpose: send.purpose,
            guarantee: send.guarantee,
            message_json: JSON.stringify(send.message),
            ...verdict,
            message_id: null,
            attempts,
            created_at: now,
            doubtful_since: null,
          })
          .execute();
        const entry = entryOf({ ...verdict, attempts, created_at: now, message_id: null, doubtful_since: null });
        return { entry, ...ours(judgement) };
      }),

    reopen: (send, seen, judge, now) =>
      write([send.conversation], async (trx) => {
        const judgement = await judged(trx, send, judge);
        // What has to wait stays as it is: perhaps taken, or certainly not.
        if ('hold' in judgement) return { entry: { ...seen, code: judgement.hold } };
        const changed = await trx
          .updateTable('sends')
          .set({
            ...written(judgement, now),
            attempts: seen.attempts + 1,
            doubtful_since: null,
          })
          .where('send_id', '=', send.sendId)
          .where('status', '=', seen.status)
          .where('status', 'in', REOPENED)
          .where('attempts', '=', seen.attempts)
          .executeTakeFirst();
        const entry = (await findEntry(trx, send.sendId)) ?? seen;
        const isOurs = Number(changed.numUpdatedRows) === 1;
        return { entry, ...(isOurs && ours(judgement)) };
      }),

    sent: (send, messageId, now) =>
      write([send.conversation], async (trx) => {
        const mid = shortKey(messageId);
        await trx
          .updateTable('sends')
          .set({ status: 'sent', message_id: mid, code: null, settled_at: now })
          .where('send_id', '=', send.sendId)
          .where('status', '!=', 'sent')
          .execute();
        await trx
          .insertInto('messages')
          .values({
            page_id: conversationParts(send.conversation)?.pageId ?? '',
            mid,
            conversation: send.conversation,
            author: send.author,
            // PostgreSQL stores no NUL.
            text: textOfOutbound(send.message).replaceAll('\0', ''),
            at: now,
            edited_at: null,
            deleted_at: null,
            send_id: send.sendId,
          })
          .onConflict((conflict) =>
            conflict.columns(['page_id', 'mid']).doUpdateSet({ send_id: send.sendId, author: send.author }),
          )
          .execute();
      }),

    postpone: (sendId, code, attempts) => change(sendId, attempts, { status: 'waiting', code }),
    markUnconfirmed: (sendId, code, attempts, now) =>
      change(sendId, attempts, { status: 'doubtful', code, doubtful_since: now }),
    settle: (sendId, end, attempts, now) => change(sendId, attempts, { ...end, settled_at: now }),
    withdraw: (sendId, code, now) =>
      write([conversationOfSend(sendId)], async (trx) => {
        const end = (status: SendEnd['status'], ...from: SendsTable['status'][]) =>
          trx
            .updateTable('sends')
            .set({ status, code, settled_at: now })
            .where('send_id', '=', sendId)
            .where('status', 'in', from)
            .execute();
        await end('failed', 'waiting');
        await end('unknown', 'calling', 'doubtful');
        return findEntry(trx, sendId);
      }),
    find: (sendId) => findEntry(db, sendId),

    async counts() {
      const rows = await db
        .selectFrom('sends')
        .select(['status', (eb) => eb.fn.countAll<number>().as('sends')])
        .where('status', '!=', sql.lit('sent'))
        .groupBy('status')
        .execute();
      const none = { calling: 0, waiting: 0, doubtful: 0, refused: 0, failed: 0, unknown: 0 };
      return { ...none, ...Object.fromEntries(rows.map((row) => [row.status, Number(row.sends)])) };
    },

    async failureGroups(since) {
      const lastAt = sql<number>`max(coalesce(settled_at, created_at))`;
      const rows = await db
        .selectFrom('sends')
        .select(['status', 'code', (eb) => eb.fn.countAll<number>().as('sends'), lastAt.as('last_at')])
        .where('status', '!=', sql.lit('sent'))
        .where((eb) => eb.or([eb('settled_at', 'is', null), eb('settled_at', '>=', since)]))
        .groupBy(['status', 'code'])
        .orderBy(lastAt, 'desc')
        .execute();
      return rows.map(({ status, code, sends, last_at }) => ({
        status: status as FailureGroup['status'],
        code: code ?? status,
        sends: Number(sends),
        lastAt: Number(last_at),
      }));
    },
  };
}

async function findEntry(
  db: Pick<Transaction<Tables>, 'selectFrom'>,
  sendId: SendId,
): Promise<LedgerEntry | undefined> {
  const row = await db
    .selectFrom('sends')
    .select(['status', 'code', 'message_id', 'attempts', 'created_at', 'doubtful_since'])
    .where('send_id', '=', sendId)
    .executeTakeFirst();
  return row && entryOf(row);
}

function entryOf(
  row: Pick<SendsTable, 'status' | 'attempts' | 'code' | 'message_id' | 'created_at' | 'doubtful_since'>,
): LedgerEntry {
  return {
    status: row.status,
    attempts: row.attempts,
    createdAt: row.created_at,
    ...(row.code !== null && { code: row.code }),
    ...(row.message_id !== null && { messageId: row.message_id }),
    ...(row.doubtful_since !== null && { doubtfulSince: row.doubtful_since }),
  };
}

async function judged<How>(trx: Transaction<Tables>, send: NewSend, judge: Judge<How>): Promise<Judgement<How>> {
  const { contact, page } = await findContactAndPage(trx, send.conversation);
  const judgement = judge(contact, page);
  if ('how' in judgement && judgement.probesAt !== undefined) {
    await takeProbe(trx, conversationParts(send.conversation)?.pageId ?? '', judgement.probesAt);
  }
  return judgement;
}

/** What our turn comes with, if it is our turn. */
function ours<How>(judgement: Judgement<How>): Pick<CallPermit<How>, 'how' | 'isProbe'> {
  if (!('how' in judgement)) return {};
  return { how: judgement.how, ...(judgement.probesAt !== undefined && { isProbe: true }) };
}

/** How a judgement stands in the ledger. */
function written(judgement: Judgement<unknown>, now: number) {
  if ('how' in judgement) return { status: 'calling', code: null, settled_at: null } as const;
  if ('hold' in judgement) return { status: 'waiting', code: judgement.hold, settled_at: null } as const;
  return { status: 'refused', code: judgement.refusal, settled_at: now } as const;
}
