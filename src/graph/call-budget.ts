import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many calls are allowed in which time. */
export interface CallBudgetOptions {
  /** Calls are counted here, one empty file each, so that the count outlives the process. */
  readonly folder: string;
  readonly calls: number;
  readonly perMs: number;
  /** Real time, epoch ms. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Whether the calls may be made; `againAt` is when there may be room for them, epoch ms. */
export type BudgetAnswer = { readonly status: 'taken' } | { readonly status: 'spent'; readonly againAt: number };

/** Meta lets a Page's profile be read and written 10 times in 10 minutes (overview/rate-limiting, 2026-10-06). */
export const PROFILE_CALLS = { calls: 10, perMs: 10 * 60_000 } as const;

/** Counts calls across processes: reserves all of the wanted calls before they are made, or none. */
export function createCallBudget({ folder, calls, perMs, now = Date.now }: CallBudgetOptions) {
  return function take(pageId: string, wanted: number): BudgetAnswer {
    const place = join(folder, pageId);
    mkdirSync(place, { recursive: true });
    const at = now();
    const ours = Array.from({ length: wanted }, () => `${at}-${randomUUID()}`);
    // Written before counting, so that two processes at the same time never count too few.
    for (const name of ours) writeFileSync(join(place, name), '');
    const counted = readdirSync(place).filter((name) => {
      if (!/^\d+-/.test(name)) return false;
      const isOver = countedAt(name) <= at - perMs;
      if (isOver) rmSync(join(place, name), { force: true });
      return !isOver;
    });
    if (counted.length <= calls) return { status: 'taken' };
    for (const name of ours) rmSync(join(place, name), { force: true });
    const others = counted
      .filter((name) => !ours.includes(name))
      .map(countedAt)
      .toSorted((a, b) => a - b);
    // The last call that has to expire before these fit.
    const last = others[others.length + wanted - calls - 1] ?? at;
    return { status: 'spent', againAt: last + perMs };
  };
}

function countedAt(name: string): number {
  return Number(name.split('-')[0]);
}
