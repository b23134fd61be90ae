import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CallBudgetOptions {
  /** Where the calls are counted, one empty file each: what was counted stays so when a run ends, however it ends. */
  readonly folder: string;
  readonly calls: number;
  readonly perMs: number;
  readonly now?: () => number;
}

export type BudgetAnswer = { readonly status: 'taken' } | { readonly status: 'spent'; readonly againAt: number };

/** Meta lets a Page's profile be read and written 10 times in 10 minutes (overview/rate-limiting, 2026-10-06). */
export const PROFILE_CALLS = { calls: 10, perMs: 10 * 60_000 } as const;

/** Counts calls across runs: takes all of them before they are made, or none. `againAt`: when there may be room. */
export function createCallBudget({ folder, calls, perMs, now = Date.now }: CallBudgetOptions) {
  return function take(pageId: string, wanted: number): BudgetAnswer {
    const place = join(folder, pageId);
    mkdirSync(place, { recursive: true });
    const at = now();
    const ours = Array.from({ length: wanted }, () => `${at}-${randomUUID()}`);
    // Written first and counted after: of two runs that come at once, none sees too few.
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
    // So many have to be over before these fit.
    const last = others[others.length + wanted - calls - 1] ?? at;
    return { status: 'spent', againAt: last + perMs };
  };
}

function countedAt(name: string): number {
  return Number(name.split('-')[0]);
}
