/**
 * The ledger: a record of every send, on disk before Meta is called. The send id is its idempotency key, so that a repeated
 * send is recognised; `send-states.ts` has the states of a record.
 */

import type { Transaction } from 'kysely';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import type { SendFailure } from '../../domain/error-codes.ts';
import { conversationOfSend, type SendId } from '../../domain/send-id.ts';
import { textOfOutbound } from '../../messenger/outbound/outbound-message.ts';
import { compileOnce } from '../db/compile-once.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import { shortKey } from '../db/short-key.ts';
import type { MessagesTable, SendsTable, Tables } from '../db/tables.ts';
import { metadataOf } from '../echo-digest.ts';
import { abandonSend, giveUpForgotten, listCalling, type CallingSend } from './abandoned.ts';
import { countByStatus, findFailureGroups } from './failure-groups.ts';
import { findEntry } from './find-entry.ts';
import { findSendFacts } from './find-facts.ts';
import { openSend, reopenSend } from './open-send.ts';
import type { AskPolicy, FailureGroup, LedgerEntry, NewSend, OpenedSend, SendEnd, SendVerdict } from './send-record.ts';
import { storedFrom, storedTo, type SEND_TRANSITIONS } from './send-states.ts';
import { listUnsent, type UnsentSend } from './unsent-sends.ts';

export type {
  AskPolicy,
  CallPermit,
  FailureGroup,
  LedgerEntry,
  NewSend,
  OpenedSend,
  SendEnd,
  SendVerdict,
} from './send-record.ts';
export type { UnsentSend };

/** Reads and writes the records of sends. Times are epoch ms by the person's clock unless it says otherwise. */
export interface Ledger {
  /** The verdict on a send now. Writes nothing. */
  preview(send: NewSend, askPolicy: AskPolicy): Promise<SendVerdict>;
  /** Records a send with its verdict. A send that is already recorded stays as it is, and gets no permit. */
  open(send: NewSend, askPolicy: AskPolicy, now: number): Promise<OpenedSend>;
  /** Asks for another attempt of a `waiting` or `unconfirmed` send. No permit if the record changed since `seen`. */
  reopen(send: NewSend, seen: LedgerEntry, askPolicy: AskPolicy, now: number): Promise<OpenedSend>;
  /** Records that Meta took the send, whatever the record said before. */
  confirm(send: NewSend, messageId: string, now: number): Promise<void>;
  /** Records that Meta certainly did not take this attempt and another follows. */
  postpone(sendId: SendId, code: SendFailure, attempt: number): Promise<void>;
  /** Records that Meta may have taken this attempt, so that its echo can arrive before another. `now` is real time. */
  markUnconfirmed(sendId: SendId, code: SendFailure, attempt: number, now: number): Promise<void>;
  /** Ends a send other than by `sent`. */
  settle(sendId: SendId, end: SendEnd, attempt: number, now: number): Promise<void>;
  /** Ends a send that is not final: as `failed` if Meta certainly did not take it, else as `unknown`. */
  withdraw(sendId: SendId, code: SendFailure, now: number): Promise<LedgerEntry | undefined>;
  find(sendId: SendId): Promise<LedgerEntry | undefined>;
  /** What Meta gets as `message.metadata`, so that the echo proves the send. */
  metadataOf(sendId: SendId): string;
  /** Sends for which Meta is being called, by a worker that may have died. */
  listCalling(): Promise<readonly CallingSend[]>;
  /**
   * Records that no process calls Meta for this attempt any more: an at-most-once send ends as `unknown`, another is unconfirmed. Resolves to
   * `false` if the record has changed since. `now` is real time.
   */
  abandon(send: CallingSend, now: number): Promise<boolean>;
  /** Ends sends that have been unconfirmed since before that time, as `unknown`; resolves to their number. Real time. */
  giveUpForgotten(before: number, now: number): Promise<number>;
  /** The sends of one conversation that are not `sent`, oldest first. */
  listUnsent(conversation: ConversationId): Promise<readonly UnsentSend[]>;
  /** The number of records by status, without `sent`; its cost does not grow with the number of sent messages. */
  counts(): Promise<Record<FailureGroup['status'], number>>;
  /** Groups of sends that are not `sent`, the latest first; without those that ended before `since`. */
  failureGroups(since: number): Promise<readonly FailureGroup[]>;
}

/** Opens the ledger on a database; `write` runs a transaction that holds the lock of a conversation. */
export function createLedger({ db, identity }: Pick<Database, 'db' | 'identity'>, write: Write<Tables>): Ledger {
  /** Changes nothing when another attempt has followed, or when the record is final. */
  const record = (event: AttemptEvent, sendId: SendId, attempt: number, values: Partial<SendsTable>) =>
    write([conversationOfSend(sendId)], async (trx) => {
      await trx
        .updateTable('sends')
        .set({ ...values, status: storedTo(event) })
        .where('send_id', '=', sendId)
        .where('attempts', '=', attempt)
        .where('status', 'in', storedFrom(event))
        .execute();
    });

  return {
    async preview(send, askPolicy) {
      return askPolicy(await findSendFacts(db, send));
    },
    open: (send, askPolicy, now) => write([send.conversation], (trx) => openSend(trx, send, askPolicy, now)),
    reopen: (send, seen, askPolicy, now) =>
      write([send.conversation], (trx) => reopenSend(trx, send, seen, askPolicy, now)),
    // If a power cut loses this write, the record says `calling`, as after a crash; the echo or the guarantee settles it.
    confirm: (send, messageId, now) =>
      write([send.conversation], (trx) => confirmSend(trx, send, messageId, now), { durability: 'lazy' }),
    postpone: (sendId, code, attempt) => record('postpone', sendId, attempt, { code }),
    markUnconfirmed: (sendId, code, attempt, now) =>
      record('lose_answer', sendId, attempt, { code, doubtful_since: now }),
    settle: (sendId, { status, code }, attempt, now) =>
      record(END_EVENTS[status], sendId, attempt, { code, settled_at: now }),
    withdraw: (sendId, code, now) => write([conversationOfSend(sendId)], (trx) => withdrawSend(trx, sendId, code, now)),
    find: (sendId) => findEntry(db, sendId),
    metadataOf: (sendId) => metadataOf(sendId, identity.echoKey),
    listCalling: () => listCalling(db),
    abandon: (send, now) => write([conversationOfSend(send.sendId)], (trx) => abandonSend(trx, send, now)),
    giveUpForgotten: (before, now) => write(FORGOTTEN_LOCK_KEYS, (trx) => giveUpForgotten(trx, before, now)),
    listUnsent: (conversation) => listUnsent(db, conversation),
    counts: () => countByStatus(db),
    failureGroups: (since) => findFailureGroups(db, since),
  };
}

const FORGOTTEN_LOCK_KEYS = ['forgotten sends'];

type AttemptEvent = 'postpone' | 'lose_answer' | 'reject' | 'fail' | 'give_up';

const END_EVENTS = { refused: 'reject', failed: 'fail', unknown: 'give_up' } as const satisfies {
  [S in SendEnd['status']]: {
    [E in AttemptEvent]: (typeof SEND_TRANSITIONS)[E]['to'] extends S ? E : never;
  }[AttemptEvent];
};

async function confirmSend(trx: Transaction<Tables>, send: NewSend, messageId: string, now: number): Promise<void> {
  const mid = shortKey(messageId);
  const [changed] = await updateSent(trx, { sendId: send.sendId, mid, now });
  // Meta answered after the person was erased: nothing of it is kept.
  if (!changed && !(await findEntry(trx, send.sendId))) return;
  await upsertOwnLine(trx, {
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
  });
}

interface SentValues {
  readonly sendId: SendId;
  readonly mid: string;
  readonly now: number;
}

const updateSent = compileOnce((db, { sendId, mid, now }: SentValues) =>
  db
    .updateTable('sends')
    .set({ status: storedTo('confirm'), message_id: mid, code: null, settled_at: now })
    .where('send_id', '=', sendId)
    .where('status', 'in', storedFrom('confirm'))
    .returning('send_id'),
);

const upsertOwnLine = compileOnce((db, line: Omit<MessagesTable, 'attachments_json'>) =>
  db
    .insertInto('messages')
    .values(line)
    .onConflict((conflict) =>
      conflict.columns(['page_id', 'mid']).doUpdateSet({ send_id: line.send_id, author: line.author }),
    ),
);

async function withdrawSend(
  trx: Transaction<Tables>,
  sendId: SendId,
  code: string,
  now: number,
): Promise<LedgerEntry | undefined> {
  for (const event of ['withdraw_unsent', 'withdraw_called'] as const) {
    await trx
      .updateTable('sends')
      .set({ status: storedTo(event), code, settled_at: now })
      .where('send_id', '=', sendId)
      .where('status', 'in', storedFrom(event))
      .execute();
  }
  return findEntry(trx, sendId);
}
