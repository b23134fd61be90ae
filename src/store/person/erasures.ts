/**
 * Erasures of people: who is being erased, how far it has come, and that it happened. The table names a person only while
 * the erasure is under way, so that any process can finish what another one began.
 */

import type { Selectable, Transaction, Updateable } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { ErasuresTable, Tables } from '../db/tables.ts';
import { echoOrigins, type EchoSecrets } from '../inbox/echo-origin.ts';
import { beginErasure, cutPerson } from './cut.ts';
import { eraseRows, eraseTraces, type EraseSteps } from './erase-rows.ts';
import {
  newErasure,
  NOTHING_CUT,
  requestErasure,
  toErasure,
  type Erasure,
  type ErasureRequest,
} from './erasure-record.ts';

export type { Erasure, ErasureRequest };

/** An erasure that this process alone carries out until its lease expires. */
export interface ErasureLease {
  readonly erasureId: string;
  readonly owner: string;
  /** Ends a step early, because the process is about to end. */
  readonly signal: AbortSignal;
}

/** The erasures of a store. A method that takes a lease rejects with {@link LeaseLost} when another process has it. */
export interface Erasures {
  /** Asks for people's erasures, all or none; of a person whose erasure is under way, resolves to that one, which erases anew what came since. */
  request(people: readonly ConversationId[], request: ErasureRequest): Promise<readonly Erasure[]>;
  /** Records that Meta asked for the erasure of somebody who is not known here. */
  requestUnknown(code: string, at: number): Promise<void>;
  find(erasureId: string): Promise<Erasure | undefined>;
  /** All people that one request of Meta's erases. */
  ofCode(code: string): Promise<readonly Erasure[]>;
  /** Whether the person is being erased and has not yet begun anew. */
  isUnderWay(conversation: ConversationId): Promise<boolean>;
  /** Leases the oldest erasure that nobody carries out. */
  lease(owner: string, now: number, expiresAt: number): Promise<Erasure | undefined>;
  /** Prolongs the lease. */
  hold(lease: ErasureLease, expiresAt: number): Promise<void>;
  /** Ends the lease of an erasure that could not be carried on. */
  release(lease: ErasureLease, retryAt: number): Promise<void>;
  /** Takes the person's events out of dispatch, for as long as the erasure lasts. */
  begin(lease: ErasureLease): Promise<void>;
  /** Deletes rows in steps, each of which prolongs the lease by `leaseMs`. */
  eraseRows(lease: ErasureLease, leaseMs: number): Promise<void>;
  /** Deletes what is left, and the contact, in one transaction; the person's events that came meanwhile begin anew. */
  cut(lease: ErasureLease): Promise<void>;
  /** Deletes what names the person beside their own rows: change log, operator log, stored answers, strikes. */
  eraseTraces(lease: ErasureLease, leaseMs: number): Promise<void>;
  /** Makes sure that no file of the store has what was deleted. @throws while somebody reads an old state. */
  scrub(): Promise<void>;
  /** Records the end, and forgets who it was. */
  finish(lease: ErasureLease, at: number): Promise<void>;
}

/** Another process carries the erasure out by now. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** What is over. */
const ENDED = ['finished', 'not_found'] as const;

/** Erasures in the table `erasures`. */
export function createErasures(
  { db, scrub }: Pick<Database, 'db' | 'scrub'>,
  write: Write<Tables>,
  secrets: EchoSecrets,
): Erasures {
  const originOf = echoOrigins(secrets);

  /** The erasure, in a transaction that no other transaction about the person runs beside. */
  async function leased<T>(
    { erasureId, owner }: ErasureLease,
    work: (trx: Transaction<Tables>, erasure: Selectable<ErasuresTable>, conversation: ConversationId) => Promise<T>,
  ): Promise<T> {
    const conversation = (await readOne(erasureId))?.conversation as ConversationId | null | undefined;
    if (!conversation) throw new LeaseLost(erasureId);
    const done = await write([conversation], async (trx) => {
      const erasure = await trx
        .selectFrom('erasures')
        .selectAll()
        .where('erasure_id', '=', erasureId)
        .where('holder', '=', owner)
        .executeTakeFirst();
      return erasure && { result: await work(trx, erasure, conversation) };
    });
    if (!done) throw new LeaseLost(erasureId);
    return done.result;
  }

  /** Runs a step of an erasure, and prolongs its lease. */
  const stepsOf = (lease: ErasureLease, leaseMs: number): EraseSteps => ({
    db,
    signal: lease.signal,
    step: (work) =>
      leased(lease, async (trx) => {
        await update(trx, lease.erasureId, { until: Date.now() + leaseMs });
        await work(trx);
      }),
  });

  function readOne(erasureId: string) {
    return db.selectFrom('erasures').selectAll().where('erasure_id', '=', erasureId).executeTakeFirst();
  }

  const update = (trx: Transaction<Tables>, erasureId: string, values: Updateable<ErasuresTable>) =>
    trx.updateTable('erasures').set(values).where('erasure_id', '=', erasureId).execute();

  return {
    request: (people, request) =>
      write(people, async (trx) => {
        const erasures: Erasure[] = [];
        for (const conversation of people) erasures.push(toErasure(await requestErasure(trx, conversation, request)));
        return erasures;
      }),

    requestUnknown: (code, at) =>
      write([`erasures:${code}`], async (trx) => {
        const row = newErasure({ conversation: null, code, requested_by: null, requested_at: at });
        await trx
          .insertInto('erasures')
          .values({ ...row, stage: 'not_found', finished_at: at })
          .execute();
      }),

    async find(erasureId) {
      const row = await readOne(erasureId);
      return row && toErasure(row);
    },

    async ofCode(code) {
      const rows = await db.selectFrom('erasures').selectAll().where('code', '=', code).execute();
      return rows.map(toErasure);
    },

    async isUnderWay(conversation) {
      const row = await db
        .selectFrom('erasures')
        .select('stage')
        .where('conversation', '=', conversation)
        .executeTakeFirst();
      return row !== undefined && row.stage !== 'cut';
    },

    async lease(owner, now, expiresAt) {
      const next = await db
        .selectFrom('erasures')
        .select('erasure_id')
        .where('conversation', 'is not', null)
        .where('until', '<', now)
        .orderBy('requested_at')
        .limit(1)
        .executeTakeFirst();
      if (!next) return undefined;
      const row = await write([`erasures:${next.erasure_id}`], (trx) =>
        trx
          .updateTable('erasures')
          .set({ holder: owner, until: expiresAt })
          .where('erasure_id', '=', next.erasure_id)
          .where('until', '<', now)
          .where('stage', 'not in', ENDED)
          .returningAll()
          .executeTakeFirst(),
      );
      return row && toErasure(row);
    },

    hold: (lease, expiresAt) =>
      leased(lease, async (trx) => void (await update(trx, lease.erasureId, { until: expiresAt }))),
    release: (lease, retryAt) =>
      leased(lease, async (trx) => void (await update(trx, lease.erasureId, { holder: null, until: retryAt }))),

    begin: (lease) =>
      leased(lease, async (trx, { stage }, conversation) => {
        if (stage !== 'requested') return;
        const inbox_until = await beginErasure(trx, conversation, lease.erasureId);
        await update(trx, lease.erasureId, { stage: 'begun', inbox_until });
      }),

    async eraseRows(lease, leaseMs) {
      const { conversation, inbox_until, stage } = (await readOne(lease.erasureId)) ?? {};
      if (stage !== 'begun' || !conversation) return;
      await eraseRows(stepsOf(lease, leaseMs), conversation as ConversationId, inbox_until ?? 0);
    },

    cut: (lease) =>
      leased(lease, async (trx, { stage, inbox_until }, conversation) => {
        if (stage !== 'begun') return;
        const until = await cutPerson(trx, conversation, inbox_until ?? 0, originOf);
        await update(trx, lease.erasureId, { stage: 'cut', ...until });
      }),

    async eraseTraces(lease, leaseMs) {
      const row = await readOne(lease.erasureId);
      if (row?.stage !== 'cut' || !row.conversation) return;
      await eraseTraces(stepsOf(lease, leaseMs), row.conversation as ConversationId, {
        erasureId: lease.erasureId,
        changesUntil: row.changes_until ?? 0,
        logUntil: row.log_until ?? 0,
      });
    },

    async scrub() {
      await scrub?.();
    },

    finish: (lease, at) =>
      leased(lease, async (trx) => {
        const { erasureId } = lease;
        await update(trx, erasureId, { stage: 'finished', finished_at: at, conversation: null, ...NOTHING_CUT });
      }),
  };
}
