import type { Transaction } from 'kysely';
import type { ConversationId } from '../messenger/conversation.ts';
import type { EchoEvent } from '../messenger/inbound-event.ts';
import { textOfOutbound, type OutboundMessage } from '../messenger/outbound-message.ts';
import { conversationParts } from '../messenger/conversation.ts';
import { type Contact, findContact } from './contacts.ts';
import type { Database } from './database.ts';
import type { Write } from './group-commit.ts';
import type { SendsTable, Tables } from './tables.ts';

/** What is written down of a send before Meta hears of it. */
export interface NewSend {
  readonly sendId: string;
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
  readonly doubtfulSince?: number;
}

/** May this be said to this person, and how? Asked inside the transaction that writes the row. */
export type Judge<How> = (contact: Contact | undefined) => Judgement<How>;
export type Judgement<How> = { readonly how: How } | { readonly refusal: string };

/** An entry; `how` is there when it is our turn to call Meta for it. */
export interface Turn<How> {
  readonly entry: LedgerEntry;
  readonly how?: How;
}

export interface Ledger {
  /** Writes a send down and judges it; a send that is already there is left as it is. */
  open<How>(send: NewSend, judge: Judge<How>, now: number): Promise<Turn<How>>;
  /** Takes the turn to call again for an entry that is `waiting` or `doubtful`, unless it changed since it was read. */
  reopen<How>(send: NewSend, seen: LedgerEntry, judge: Judge<How>, now: number): Promise<Turn<How>>;
  sent(send: NewSend, messageId: string, now: number): Promise<void>;
  /** Certainly not taken, will be tried again. */
  postpone(sendId: string, code: string): Promise<void>;
  /** Perhaps taken: nobody calls again before an echo had its chance. */
  doubt(sendId: string, code: string, now: number): Promise<void>;
  /** Final without having been sent. */
  settle(sendId: string, status: 'refused' | 'failed' | 'unknown', code: string, now: number): Promise<void>;
  find(sendId: string): Promise<LedgerEntry | undefined>;
  counts(): Promise<Record<string, number>>;
}

/** Nobody overwrites what an echo or an answer has proved. */
const OPEN: readonly SendsTable['status'][] = ['calling', 'waiting', 'doubtful'];

export function createLedger({ db }: Database, write: Write<Tables>): Ledger {
  const change = (sendId: string, values: Partial<SendsTable>) =>
    write(async (trx) => {
      await trx.updateTable('sends').set(values).where('send_id', '=', sendId).where('status', 'in', OPEN).execute();
    });

  return {
    open: (send, judge, now) =>
      write(async (trx) => {
        const known = await findEntry(trx, send.sendId);
        if (known) return { entry: known };
        const judgement = judge(await findContact(trx, send.conversation));
        const verdict = written(judgement, now);
        const inserted = await trx
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
            attempts: 1,
            created_at: now,
            doubtful_since: null,
          })
          .onConflict((conflict) => conflict.column('send_id').doNothing())
          .returning('send_id')
          .executeTakeFirst();
        const entry = entryOf({ ...verdict, attempts: 1, message_id: null, doubtful_since: null });
        return { entry, ...(inserted && 'how' in judgement && judgement) };
      }),

    reopen: (send, seen, judge, now) =>
      write(async (trx) => {
        const judgement = judge(await findContact(trx, send.conversation));
        const changed = await trx
          .updateTable('sends')
          .set({
            ...written(judgement, now),
            attempts: seen.attempts + 1,
            doubtful_since: null,
          })
          .where('send_id', '=', send.sendId)
          .where('status', '=', seen.status)
          .where('attempts', '=', seen.attempts)
          .executeTakeFirst();
        const entry = (await findEntry(trx, send.sendId)) ?? seen;
        const isOurs = Number(changed.numUpdatedRows) === 1;
        return { entry, ...(isOurs && 'how' in judgement && judgement) };
      }),

    sent: (send, messageId, now) =>
      write(async (trx) => {
        await trx
          .updateTable('sends')
          .set({ status: 'sent', message_id: messageId, code: null, settled_at: now })
          .where('send_id', '=', send.sendId)
          .execute();
        await trx
          .insertInto('messages')
          .values({
            page_id: conversationParts(send.conversation)?.pageId ?? '',
            mid: messageId,
            conversation: send.conversation,
            author: send.author,
            text: textOfOutbound(send.message),
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

    postpone: (sendId, code) => change(sendId, { status: 'waiting', code }),
    doubt: (sendId, code, now) => change(sendId, { status: 'doubtful', code, doubtful_since: now }),
    settle: (sendId, status, code, now) => change(sendId, { status, code, settled_at: now }),
    find: (sendId) => findEntry(db, sendId),

    async counts() {
      const rows = await db
        .selectFrom('sends')
        .select(['status', (eb) => eb.fn.countAll<number>().as('sends')])
        .groupBy('status')
        .execute();
      return Object.fromEntries(rows.map((row) => [row.status, Number(row.sends)]));
    },
  };
}

async function findEntry(db: Pick<Transaction<Tables>, 'selectFrom'>, sendId: string): Promise<LedgerEntry | undefined> {
  const row = await db
    .selectFrom('sends')
    .select(['status', 'code', 'message_id', 'attempts', 'doubtful_since'])
    .where('send_id', '=', sendId)
    .executeTakeFirst();
  return row && entryOf(row);
}

function entryOf(row: Pick<SendsTable, 'status' | 'attempts' | 'code' | 'message_id' | 'doubtful_since'>): LedgerEntry {
  return {
    status: row.status,
    attempts: row.attempts,
    ...(row.code !== null && { code: row.code }),
    ...(row.message_id !== null && { messageId: row.message_id }),
    ...(row.doubtful_since !== null && { doubtfulSince: row.doubtful_since }),
  };
}

/** How a judgement stands in the ledger. */
function written(judgement: Judgement<unknown>, now: number) {
  if ('how' in judgement) return { status: 'calling', code: null, settled_at: null } as const;
  return { status: 'refused', code: judgement.refusal, settled_at: now } as const;
}

/** Is this echo one of our sends? Then it is proof that Meta took it. */
export async function confirmByEcho(trx: Transaction<Tables>, echo: EchoEvent, now: number): Promise<boolean> {
  const row = await trx
    .selectFrom('sends')
    .select(['send_id', 'status'])
    .where((eb) =>
      echo.metadata === undefined
        ? eb('message_id', '=', echo.mid)
        : eb.or([eb('send_id', '=', echo.metadata), eb('message_id', '=', echo.mid)]),
    )
    .where('conversation', '=', echo.conversation ?? '')
    .executeTakeFirst();
  if (!row) return false;
  if (row.status === 'sent') return true;
  await trx
    .updateTable('sends')
    .set({ status: 'sent', message_id: echo.mid, code: null, settled_at: now })
    .where('send_id', '=', row.send_id)
    .execute();
  return true;
}
