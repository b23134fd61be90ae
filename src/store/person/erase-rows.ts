/** The steps of an erasure that may take long: each is a small transaction, and may run again. */

import type { Kysely, Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Tables } from '../db/tables.ts';
import { forgetAttachments } from './attachments.ts';
import { deleteRows, keysOf, readRows } from './rows.ts';
import { PERSON_TABLE_LIST, type PersonTableName } from './tables.ts';

/** What the steps work on. */
export interface EraseSteps {
  readonly db: Kysely<Tables>;
  /** Runs a small transaction of the process that has the lease of the erasure. @throws when another process has it. */
  readonly step: (work: (trx: Transaction<Tables>) => Promise<unknown>) => Promise<void>;
  /** The process is about to end. */
  readonly signal: AbortSignal;
}

/** Which entries of the logs are about the erased person, and by what to name them. */
export interface TraceBounds {
  readonly erasureId: string;
  readonly changesUntil: number;
  readonly logUntil: number;
}

/** Deletes the rows of a person, without the contact. */
export async function eraseRows(steps: EraseSteps, conversation: ConversationId, inboxUntil: number): Promise<void> {
  await deleteAll(steps, 'inbox', conversation, inboxUntil);
  for (const [table, { found }] of PERSON_TABLE_LIST)
    if (found !== 'own' && table !== 'contacts') await deleteAll(steps, table, conversation);
}

async function deleteAll(
  { db, step, signal }: EraseSteps,
  table: PersonTableName,
  conversation: ConversationId,
  until?: number,
): Promise<void> {
  for await (const keys of keysOf(db, table, conversation, { until, signal })) {
    await step(async (trx) => {
      if (table === 'sends') await forgetAttachments(trx, conversation, await readRows(trx, table, keys));
      await deleteRows(trx, table, keys);
    });
  }
}

/** Takes the person out of what other people's requests, operators and live updates left behind. */
export async function eraseTraces(
  steps: EraseSteps,
  conversation: ConversationId,
  { erasureId, changesUntil, logUntil }: TraceBounds,
): Promise<void> {
  await deleteAll(steps, 'strikes', conversation);
  await deleteAll(steps, 'operator_requests', conversation);
  const { db, step, signal } = steps;
  for await (const keys of keysOf(db, 'changes', conversation, { until: changesUntil, signal })) {
    const ids = keys.map(({ id }) => Number(id));
    // A client that was not connected is told to read the lists again; see `live/to-events.ts`.
    await step(async (trx) => {
      const erased = trx.updateTable('changes').set({ conversation: '' }).where('id', 'in', ids);
      await erased.where('kind', '=', 'erased').execute();
      await trx.deleteFrom('changes').where('id', 'in', ids).where('conversation', '=', conversation).execute();
    });
  }
  for await (const keys of keysOf(db, 'operator_log', conversation, { until: logUntil, signal })) {
    await step((trx) =>
      trx
        .updateTable('operator_log')
        .set({ conversation: `erased:${erasureId}`, request_key: null })
        .where(
          'id',
          'in',
          keys.map(({ id }) => Number(id)),
        )
        .execute(),
    );
  }
}
