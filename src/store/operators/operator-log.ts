/** Writes through the operator API: each is logged before it happens, and one with an idempotency key happens once. */

import type { Selectable, Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { OperatorInterface } from '../../domain/operator.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { OperatorLogTable, OperatorRequestsTable, Tables } from '../db/tables.ts';
import { cipherOf, type Opened } from '../encryption/column-cipher.ts';

/** A write that is about to happen. */
export interface OperatorWrite {
  /** The operator's name. */
  readonly operator: string;
  readonly interface: OperatorInterface;
  /** The operation's id in the OpenAPI document. */
  readonly action: string;
  /** The log names people whom the store knows, and nobody who was erased. */
  readonly conversation?: ConversationId | undefined;
  /** Epoch ms, real time. */
  readonly at: number;
  /** The idempotency key and the hash of the request that came with it. */
  readonly key?: { readonly text: string; readonly requestHash: string } | undefined;
  /** Names the request to the workflow; the cause of its sends is made of it. */
  readonly requestKey?: string;
}

/** An answer that can be given again. */
export interface StoredAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Whether a write may happen. */
export type WriteStart =
  | { readonly status: 'new'; readonly logId: number }
  /** It happened under this key: give the answer again. */
  | { readonly status: 'answered'; readonly answer: StoredAnswer }
  | { readonly status: 'in_progress' }
  /** The key was used for another request. */
  | { readonly status: 'other_request' }
  | { readonly status: 'too_many_keys' };

/** A line of the operator log. */
export interface OperatorLogLine extends Omit<OperatorWrite, 'key' | 'requestKey'> {
  readonly id: number;
  /** The status of the answer; missing if the process ended before it answered. */
  readonly status?: number;
}

/** The operator log, and the answers by idempotency key. */
export interface OperatorLog {
  begin(write: OperatorWrite): Promise<WriteStart>;
  /** Records how a write ended; an answer is kept for its key, without one the key is free again. */
  end(logId: number, write: OperatorWrite, status: number, answer: StoredAnswer | undefined): Promise<void>;
  /** Newest first; `before` is the id of the last line of the page before. */
  page(options: { readonly before?: number | undefined; readonly limit: number }): Promise<readonly OperatorLogLine[]>;
  /** The requests that asked a conversation for the same, oldest first: one that was repeated is there each time. */
  ofRequest(conversation: ConversationId, requestKey: string): Promise<readonly OperatorLogLine[]>;
}

/** How long an answer can be given again. */
export const KEY_LIFETIME_MS = 24 * 3_600_000;
/** A request that takes longer has lost its process; it may run again, because writes are idempotent in themselves. */
export const MAX_REQUEST_MS = 60_000;
/** Of one request that are read. */
const MAX_REPETITIONS = 20;
/** Keys of one operator in 24 hours. */
const MAX_KEYS = 20_000;

/** The tables `operator_log` and `operator_requests`. */
export function createOperatorLog({ db }: Pick<Database, 'db'>, write: Write<Tables>): OperatorLog {
  return {
    begin: ({ conversation: asked, requestKey, ...entry }) =>
      // Also that of the person: an erasure leaves out no line.
      write([`operator:${entry.operator}`, ...(asked ? [asked] : [])], async (trx) => {
        const conversation = asked && (await findKnown(trx, asked));
        const seen = entry.key && (await reserveKey(trx, { ...entry, conversation }, entry.key));
        if (seen) return seen;
        const { operator, action, at } = entry;
        // It is a digest of the address, and so of the person.
        const request_key = asked && !conversation ? null : (requestKey ?? null);
        const about = { conversation: conversation ?? null, request_key };
        const row = { operator, interface: entry.interface, action, at, status: null, ...about };
        const { id } = await trx.insertInto('operator_log').values(row).returning('id').executeTakeFirstOrThrow();
        return { status: 'new', logId: Number(id) };
      }),

    end: (logId, { operator, key }, status, answer) =>
      write([`operator:${operator}`], async (trx) => {
        await trx.updateTable('operator_log').set({ status }).where('id', '=', logId).execute();
        if (!key) return;
        const ofKey = { operator, idempotency_key: key.text };
        if (answer === undefined) {
          const { idempotency_key } = ofKey;
          const request = trx.deleteFrom('operator_requests').where('operator', '=', operator);
          await request.where('idempotency_key', '=', idempotency_key).where('status', 'is', null).execute();
          return;
        }
        await trx
          .updateTable('operator_requests')
          .set({
            status: answer.status,
            content_type: answer.contentType,
            ...cipherOf(trx).seal('operator_requests', ofKey, { body: answer.body }),
          })
          .where('operator', '=', operator)
          .where('idempotency_key', '=', key.text)
          .execute();
      }),

    async page({ before, limit }) {
      let query = db.selectFrom('operator_log').selectAll().orderBy('id', 'desc').limit(limit);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await query.execute()).map(toLine);
    },

    async ofRequest(conversation, requestKey) {
      const lines = db.selectFrom('operator_log').selectAll().where('request_key', '=', requestKey);
      const rows = await lines.where('conversation', '=', conversation).orderBy('id').limit(MAX_REPETITIONS).execute();
      return rows.map(toLine);
    },
  };
}

function toLine({ id, conversation, status, request_key: _, ...line }: Selectable<OperatorLogTable>): OperatorLogLine {
  return {
    ...line,
    id: Number(id),
    ...(conversation !== null && { conversation: conversation as ConversationId }),
    ...(status !== null && { status }),
  };
}

async function findKnown(trx: Transaction<Tables>, conversation: ConversationId): Promise<ConversationId | undefined> {
  const contact = trx.selectFrom('contacts').select('conversation').where('conversation', '=', conversation);
  return (await contact.executeTakeFirst()) && conversation;
}

/** Resolves to `undefined` if the write may happen. */
async function reserveKey(
  trx: Transaction<Tables>,
  { operator, at, conversation }: OperatorWrite,
  { text, requestHash }: NonNullable<OperatorWrite['key']>,
): Promise<Exclude<WriteStart, { readonly status: 'new' }> | undefined> {
  await trx
    .deleteFrom('operator_requests')
    .where('started_at', '<=', at - KEY_LIFETIME_MS)
    .execute();
  const ofOperator = trx.selectFrom('operator_requests').where('operator', '=', operator);
  const known = await ofOperator.selectAll().where('idempotency_key', '=', text).executeTakeFirst();
  if (known && known.request_hash !== requestHash) return { status: 'other_request' };
  const answer = known && toAnswer(cipherOf(trx).open('operator_requests', known));
  if (answer) return { status: 'answered', answer };
  if (known && known.started_at > at - MAX_REQUEST_MS) return { status: 'in_progress' };
  const { keys } = await ofOperator.select((eb) => eb.fn.countAll<number>().as('keys')).executeTakeFirstOrThrow();
  if (!known && Number(keys) >= MAX_KEYS) return { status: 'too_many_keys' };
  await trx
    .insertInto('operator_requests')
    .values({
      operator,
      idempotency_key: text,
      request_hash: requestHash,
      started_at: at,
      status: null,
      content_type: null,
      body: null,
      conversation: conversation ?? null,
    })
    .onConflict((conflict) => conflict.columns(['operator', 'idempotency_key']).doUpdateSet({ started_at: at }))
    .execute();
  return undefined;
}

function toAnswer({ status, content_type, body }: Opened<OperatorRequestsTable>): StoredAnswer | undefined {
  return status === null ? undefined : { status, contentType: content_type ?? '', body: body ?? '' };
}
