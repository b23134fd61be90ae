/** The two ways to a call permit. Verdict and record are one transaction, so that exactly one caller gets a permit. */

import type { Transaction } from 'kysely';
import { conversationParts } from '../../domain/conversation-id.ts';
import { sendClassName } from '../../messenger/outbound/send-api.ts';
import { compileOnce } from '../db/compile-once.ts';
import type { SendsTable, Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';
import { takeProbe } from '../page-circuit-breaker.ts';
import { findEntry, toEntry } from './find-entry.ts';
import { findSendFacts } from './find-facts.ts';
import type { AskPolicy, CallPermit, LedgerEntry, NewSend, OpenedSend, SendFacts, SendVerdict } from './send-record.ts';
import { storedFrom, storedTo, toStoredStatus } from './send-states.ts';

/** See `Ledger.open`. */
export async function openSend(
  trx: Transaction<Tables>,
  send: NewSend,
  askPolicy: AskPolicy,
  now: number,
): Promise<OpenedSend> {
  const facts = await findSendFacts(trx, send);
  const verdict = askPolicy(facts);
  const permit = permitOf(verdict, facts, 1);
  const row: SendsTable = {
    sent_as: null,
    ...columnsOf(verdict, now),
    message_id: null,
    attempts: permit ? 1 : 0,
    created_at: now,
    doubtful_since: null,
    send_id: send.sendId,
    conversation: send.conversation,
    author: send.author,
    purpose: send.purpose,
    guarantee: send.guarantee,
    ...cipherOf(trx).seal('sends', { send_id: send.sendId }, { message_json: JSON.stringify(send.message) }),
    echo_proof: 'digest',
    source: send.source ?? null,
    operator: send.operator ?? null,
  };
  const [inserted] = await insertNewSend(trx, row);
  if (!inserted) {
    const recorded = await findEntry(trx, send.sendId);
    return { entry: recorded ?? toEntry(row) };
  }
  await takeProbeFor(trx, send, verdict);
  return { entry: toEntry(row), ...(permit && { permit }) };
}

const insertNewSend = compileOnce((db, row: SendsTable) =>
  db
    .insertInto('sends')
    .values(row)
    .onConflict((conflict) => conflict.column('send_id').doNothing())
    .returning('send_id'),
);

/** See `Ledger.reopen`. */
export async function reopenSend(
  trx: Transaction<Tables>,
  send: NewSend,
  seen: LedgerEntry,
  askPolicy: AskPolicy,
  now: number,
): Promise<OpenedSend> {
  const facts = await findSendFacts(trx, send);
  const verdict = askPolicy(facts);
  await takeProbeFor(trx, send, verdict);
  // A held retry stays `waiting` or `unconfirmed`.
  if (verdict.status === 'held') return { entry: { ...seen, code: verdict.reason } };
  const attempt = seen.attempts + 1;
  const changed = await trx
    .updateTable('sends')
    .set({ ...columnsOf(verdict, now), attempts: attempt, doubtful_since: null })
    .where('send_id', '=', send.sendId)
    .where('attempts', '=', seen.attempts)
    .where('status', '=', toStoredStatus(seen.status))
    .where('status', 'in', storedFrom(EVENTS[verdict.status]))
    .executeTakeFirst();
  const permit = Number(changed.numUpdatedRows) === 1 ? permitOf(verdict, facts, attempt) : undefined;
  return { entry: (await findEntry(trx, send.sendId)) ?? seen, ...(permit && { permit }) };
}

/** If the send is the probe of a half-open circuit breaker, the next probe is due later. */
async function takeProbeFor(trx: Transaction<Tables>, { conversation }: NewSend, verdict: SendVerdict): Promise<void> {
  if (verdict.status !== 'allowed' || verdict.probesAt === undefined) return;
  await takeProbe(trx, conversationParts(conversation)?.pageId ?? '', verdict.probesAt);
}

function permitOf(verdict: SendVerdict, { contact }: SendFacts, attempt: number): CallPermit | undefined {
  if (verdict.status !== 'allowed') return undefined;
  const personActedAt = contact?.windowOpenedAt;
  return {
    sendClass: verdict.sendClass,
    attempt,
    isProbe: verdict.probesAt !== undefined,
    ...(personActedAt !== undefined && { personActedAt }),
  };
}

const EVENTS = { allowed: 'call', held: 'hold', refused: 'refuse' } as const;

function columnsOf(verdict: SendVerdict, now: number) {
  return {
    status: storedTo(EVENTS[verdict.status]),
    code: verdict.status === 'allowed' ? null : verdict.reason,
    settled_at: verdict.status === 'refused' ? now : null,
    ...(verdict.status === 'allowed' && { sent_as: sendClassName(verdict.sendClass) }),
  };
}
