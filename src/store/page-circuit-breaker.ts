/** What is known of a Page besides its settings: why it is held back, and when to try again. Real time, epoch ms. */

import type { Transaction } from 'kysely';
import type { PolicyEnforcementEvent } from '../messenger/inbound/inbound-event.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { PagesTable, Tables } from './db/tables.ts';

/** A Page for which nothing is sent at the moment, except now and then one send that tries whether that is over. */
export interface OpenBreaker {
  readonly reason: NonNullable<PagesTable['hold']>;
  /** Meta's code, or `policy_enforcement`. */
  readonly code: string;
  readonly since: number;
  readonly probeAt: number;
}

export interface BreakerOpening {
  readonly reason: OpenBreaker['reason'];
  readonly code: string;
  readonly now: number;
}

export interface PageCircuitBreakers {
  /** Holds a Page back. True when that is news: one alert is enough, however many sends and workers find out. */
  open(pageId: string, opening: BreakerOpening): Promise<boolean>;
  /** Lets a Page send again. True when it was held back. */
  close(pageId: string, reason?: OpenBreaker['reason']): Promise<boolean>;
  /** Pages that are held back, by id. */
  listOpen(): Promise<ReadonlyMap<string, OpenBreaker>>;
}

const PROBE_MINUTE_MS = 60_000;
/**
 * How long after a refusal the next send tries, doubled each time up to the longest. A new token may be there at any
 * moment; a restricted Page is left alone for long (one vendor begins with 30 minutes and goes up to 4 hours).
 */
const PROBE_DELAYS: Record<OpenBreaker['reason'], { readonly firstMs: number; readonly longestMs: number }> = {
  token_invalid: { firstMs: PROBE_MINUTE_MS, longestMs: 15 * PROBE_MINUTE_MS },
  restricted: { firstMs: 30 * PROBE_MINUTE_MS, longestMs: 240 * PROBE_MINUTE_MS },
};

export function createPageCircuitBreakers({ db }: Pick<Database, 'db'>, write: Write<Tables>): PageCircuitBreakers {
  return {
    open: (pageId, opening) => write([pageId], (trx) => openBreaker(trx, pageId, opening)),
    close: (pageId, reason) => write([pageId], (trx) => closeBreaker(trx, pageId, reason)),
    async listOpen() {
      const rows = await db.selectFrom('pages').selectAll().where('hold', 'is not', null).execute();
      return new Map(
        rows.flatMap((row) => {
          const state = toOpenBreaker(row);
          return state ? [[row.page_id, state] as const] : [];
        }),
      );
    },
  };
}

type BreakerColumns = { readonly [K in 'hold' | 'hold_code' | 'held_since' | 'probe_at']: PagesTable[K] };

export function toOpenBreaker({ hold, hold_code, held_since, probe_at }: BreakerColumns): OpenBreaker | undefined {
  if (hold === null) return undefined;
  return { reason: hold, code: hold_code ?? hold, since: held_since ?? 0, probeAt: probe_at ?? 0 };
}

export async function findOpenBreaker(
  trx: Pick<Transaction<Tables>, 'selectFrom'>,
  pageId: string,
): Promise<OpenBreaker | undefined> {
  const page = await findPage(trx, pageId);
  return page && toOpenBreaker(page);
}

/** One send takes it upon itself to try; the others wait for longer. */
export async function takeProbe(trx: Transaction<Tables>, pageId: string, now: number): Promise<void> {
  const page = await findPage(trx, pageId);
  if (!page?.hold) return;
  const { firstMs, longestMs } = PROBE_DELAYS[page.hold];
  const probes = page.probes + 1;
  const pauseMs = Math.min(longestMs, firstMs * 2 ** Math.min(probes, 20));
  await trx
    .updateTable('pages')
    .set({ probes, probe_at: now + pauseMs })
    .where('page_id', '=', pageId)
    .execute();
}

/** A policy enforcement notice: `block` holds the Page back, `unblock` lets it go, a `warning` is kept and no more. */
export async function recordNotice(
  trx: Transaction<Tables>,
  { pageId, action, at }: PolicyEnforcementEvent,
  now: number,
): Promise<void> {
  const page = await findPage(trx, pageId);
  if ((page?.notice_at ?? 0) > at) return;
  await upsertPage(trx, pageId, { notice: action, notice_at: at });
  if (action === 'block') await openBreaker(trx, pageId, { reason: 'restricted', code: 'policy_enforcement', now });
  if (action === 'unblock') await closeBreaker(trx, pageId, 'restricted');
}

async function openBreaker(
  trx: Transaction<Tables>,
  pageId: string,
  { reason, code, now }: BreakerOpening,
): Promise<boolean> {
  const page = await findPage(trx, pageId);
  const isNews = page?.hold !== reason;
  // When to try next was settled when it was held back, or when the send that tried was let through.
  if (isNews) {
    const probe_at = now + PROBE_DELAYS[reason].firstMs;
    await upsertPage(trx, pageId, { hold: reason, hold_code: code, held_since: now, probe_at, probes: 0 });
  }
  return isNews;
}

async function closeBreaker(
  trx: Transaction<Tables>,
  pageId: string,
  reason?: OpenBreaker['reason'],
): Promise<boolean> {
  const page = await findPage(trx, pageId);
  if (!page?.hold || (reason !== undefined && page.hold !== reason)) return false;
  await upsertPage(trx, pageId, { hold: null, hold_code: null, held_since: null, probe_at: null, probes: 0 });
  return true;
}

async function findPage(trx: Pick<Transaction<Tables>, 'selectFrom'>, pageId: string): Promise<PagesTable | undefined> {
  return trx.selectFrom('pages').selectAll().where('page_id', '=', pageId).executeTakeFirst();
}

async function upsertPage(trx: Transaction<Tables>, pageId: string, values: Partial<PagesTable>): Promise<void> {
  const fresh = {
    hold: null,
    hold_code: null,
    held_since: null,
    probe_at: null,
    probes: 0,
    notice: null,
    notice_at: null,
  };
  await trx
    .insertInto('pages')
    .values({ ...fresh, page_id: pageId, ...values })
    .onConflict((conflict) => conflict.column('page_id').doUpdateSet(values))
    .execute();
}
