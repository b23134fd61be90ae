/** Circuit breakers of Pages: why nothing is sent for a Page, and when a probe may be. Real time, epoch ms. */

import type { Transaction } from 'kysely';
import type { PolicyEnforcementEvent } from '../messenger/inbound/inbound-event.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { PagesTable, Tables } from './db/tables.ts';
import { putEvent } from './outbox/put-event.ts';

/** The open breaker of a Page: nothing is sent, except a probe at times. */
export interface OpenBreaker {
  readonly reason: NonNullable<PagesTable['hold']>;
  /** Meta's code, or `policy_enforcement`. */
  readonly code: string;
  readonly since: number;
  /** From then on one send may probe whether the cause is gone. */
  readonly probeAt: number;
}

/** Why a breaker opens. */
export interface BreakerOpening {
  readonly reason: OpenBreaker['reason'];
  /** Meta's code, or `policy_enforcement`. */
  readonly code: string;
  readonly now: number;
  /** Since when Meta says so; default `now`. */
  readonly since?: number;
}

/** Opens and closes the breakers of Pages. */
export interface PageCircuitBreakers {
  /** Resolves to `true` if the breaker was not open for this reason: alert then, once for all sends and workers. */
  open(pageId: string, opening: BreakerOpening): Promise<boolean>;
  /** Closes the breaker, or with a `reason` only if it is open for that. Resolves to `true` if it was open. */
  close(pageId: string, reason?: OpenBreaker['reason']): Promise<boolean>;
  /** Open breakers by Page id. */
  listOpen(): Promise<ReadonlyMap<string, OpenBreaker>>;
}

const PROBE_MINUTE_MS = 60_000;
/** Meta's clock dates a notice, ours an error: an `unblock` is outdated only if it is older than the error by more than this. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000;
/**
 * How long after a refusal the next probe is, doubled each time. A new token may come at any time; a restricted Page is
 * probed rarely (one vendor begins with 30 minutes and goes up to 4 hours).
 */
const PROBE_DELAYS: Record<OpenBreaker['reason'], { readonly firstMs: number; readonly maxMs: number }> = {
  token_invalid: { firstMs: PROBE_MINUTE_MS, maxMs: 15 * PROBE_MINUTE_MS },
  restricted: { firstMs: 30 * PROBE_MINUTE_MS, maxMs: 240 * PROBE_MINUTE_MS },
};

/** Breakers in the table `pages`. */
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

/** The breaker of a Page's row, if it is open. */
export function toOpenBreaker({ hold, hold_code, held_since, probe_at }: BreakerColumns): OpenBreaker | undefined {
  if (hold === null) return undefined;
  return { reason: hold, code: hold_code ?? hold, since: held_since ?? 0, probeAt: probe_at ?? 0 };
}

/** The breaker of a Page, if it is open. */
export async function findOpenBreaker(
  trx: Pick<Transaction<Tables>, 'selectFrom'>,
  pageId: string,
): Promise<OpenBreaker | undefined> {
  const page = await findPage(trx, pageId);
  return page && toOpenBreaker(page);
}

/** This send is the probe (half-open); the next one is due after a doubled delay. */
export async function takeProbe(trx: Transaction<Tables>, pageId: string, now: number): Promise<void> {
  const page = await findPage(trx, pageId);
  if (!page?.hold) return;
  const { firstMs, maxMs } = PROBE_DELAYS[page.hold];
  const probes = page.probes + 1;
  const delayMs = Math.min(maxMs, firstMs * 2 ** Math.min(probes, 20));
  await trx
    .updateTable('pages')
    .set({ probes, probe_at: now + delayMs })
    .where('page_id', '=', pageId)
    .execute();
}

/** A policy enforcement notice: `block` opens the breaker, `unblock` closes it, a `warning` is only recorded. */
export async function recordNotice(
  trx: Transaction<Tables>,
  { pageId, action, at }: PolicyEnforcementEvent,
  now: number,
): Promise<void> {
  const page = await findPage(trx, pageId);
  if ((page?.notice_at ?? 0) > at) return;
  await upsertPage(trx, pageId, { notice: action, notice_at: at });
  if (action === 'block') {
    await openBreaker(trx, pageId, { reason: 'restricted', code: 'policy_enforcement', now, since: at });
  }
  const isOutdated = (page?.held_since ?? 0) > at + MAX_CLOCK_DIFFERENCE_MS;
  if (action === 'unblock' && !isOutdated) await closeBreaker(trx, pageId, 'restricted');
}

async function openBreaker(
  trx: Transaction<Tables>,
  pageId: string,
  { reason, code, now, since = now }: BreakerOpening,
): Promise<boolean> {
  const page = await findPage(trx, pageId);
  const isNew = page?.hold !== reason;
  // An open breaker keeps the time of its next probe.
  if (isNew) {
    const probe_at = now + PROBE_DELAYS[reason].firstMs;
    await upsertPage(trx, pageId, { hold: reason, hold_code: code, held_since: since, probe_at, probes: 0 });
    const data = { reason, code };
    await putEvent(trx, { topic: 'circuit-breaker.opened', key: `${reason} ${now}`, pageId, at: since, data });
  }
  return isNew;
}

async function closeBreaker(
  trx: Transaction<Tables>,
  pageId: string,
  reason?: OpenBreaker['reason'],
): Promise<boolean> {
  const page = await findPage(trx, pageId);
  if (!page?.hold || (reason !== undefined && page.hold !== reason)) return false;
  await upsertPage(trx, pageId, { hold: null, hold_code: null, held_since: null, probe_at: null, probes: 0 });
  const now = Date.now();
  const data = { reason: page.hold };
  await putEvent(trx, { topic: 'circuit-breaker.closed', key: `${page.hold} ${now}`, pageId, at: now, data });
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
