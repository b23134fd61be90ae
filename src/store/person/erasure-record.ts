/** The row of an erasure: what it says, and how it begins. */

import { randomBytes } from 'node:crypto';
import type { Selectable, Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { ErasuresTable, Tables } from '../db/tables.ts';

/** One erasure. */
export interface Erasure {
  readonly erasureId: string;
  /** Missing once it is finished. */
  readonly conversation?: ConversationId;
  readonly stage: ErasuresTable['stage'];
  /** Meta's confirmation code; missing: only an operator asked for it. */
  readonly code?: string;
  /** The operator's name; missing: Meta asked for it. */
  readonly requestedBy?: string;
  /** Epoch ms, real time, as `finishedAt`. */
  readonly requestedAt: number;
  readonly finishedAt?: number;
}

/** Who asks for an erasure. */
export interface ErasureRequest {
  /** The operator's name; left out: Meta. */
  readonly requestedBy?: string;
  /** Meta's confirmation code. */
  readonly code?: string;
  readonly at: number;
}

const ID_BYTES = 16;

/** The erasure of a person that is under way, or a new one. A person who has begun anew is erased once more by the same one. */
export async function requestErasure(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  { requestedBy, code, at }: ErasureRequest,
): Promise<Selectable<ErasuresTable>> {
  const ofPerson = trx.selectFrom('erasures').selectAll().where('conversation', '=', conversation);
  const known = await ofPerson.executeTakeFirst();
  if (!known) {
    const row = newErasure({ conversation, code: code ?? null, requested_by: requestedBy ?? null, requested_at: at });
    return trx.insertInto('erasures').values(row).returningAll().executeTakeFirstOrThrow();
  }
  const again = known.stage === 'cut' ? AGAIN : {};
  // The person who asks by Meta gets a code of their own.
  const changed = { ...known, ...again, code: known.code ?? code ?? null };
  await trx.updateTable('erasures').set(changed).where('erasure_id', '=', known.erasure_id).execute();
  return changed;
}

/** A row that nothing was done for yet. */
export function newErasure(row: Pick<ErasuresTable, 'conversation' | 'code' | 'requested_by' | 'requested_at'>) {
  const erasure_id = randomBytes(ID_BYTES).toString('base64url');
  return { erasure_id, stage: 'requested', ...NOTHING_CUT, finished_at: null, ...row } as const;
}

/** The columns that are set only while an erasure is under way. */
export const NOTHING_CUT = {
  inbox_until: null,
  changes_until: null,
  log_until: null,
  holder: null,
} as const;

/** Takes the rest of the erasure from the process that is at it, which finds its lease lost. */
const AGAIN = { stage: 'requested', ...NOTHING_CUT, until: 0 } as const;

/** The erasure of a row. */
export function toErasure({ erasure_id, conversation, stage, ...row }: Selectable<ErasuresTable>): Erasure {
  return {
    erasureId: erasure_id,
    ...(conversation !== null && { conversation: conversation as ConversationId }),
    stage,
    ...(row.code !== null && { code: row.code }),
    ...(row.requested_by !== null && { requestedBy: row.requested_by }),
    requestedAt: row.requested_at,
    ...(row.finished_at !== null && { finishedAt: row.finished_at }),
  };
}
