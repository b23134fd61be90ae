/** What is kept for a limited time: which rows, by which time, and what becomes of the old ones. */

import { type RawBuilder, sql } from 'kysely';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import { isOneOf } from './db/row-keys.ts';
import type { Tables } from './db/tables.ts';

/** One kind of data whose rows grow old. */
interface RetentionRule {
  readonly table: keyof Tables;
  readonly key: readonly string[];
  /** The column that says how old a row is. */
  readonly at: string;
  /** Old rows that stay all the same. Default: none. */
  readonly unless?: RawBuilder<boolean>;
  /** What is emptied; left out: the row is deleted. */
  readonly empties?: string;
}

const RULES = {
  rawBodies: [{ table: 'inbox', key: ['id'], at: 'received_at', empties: 'raw_json', unless: sql`raw_json = '{}'` }],
  events: [
    { table: 'inbox', key: ['id'], at: 'received_at', unless: sql`status = 'pending'` },
    { table: 'outbox', key: ['id'], at: 'at', unless: sql`status = 'pending'` },
  ],
  transcript: [
    { table: 'messages', key: ['page_id', 'mid'], at: 'at' },
    { table: 'sends', key: ['send_id'], at: 'created_at', unless: sql`status in ('calling', 'waiting', 'doubtful')` },
  ],
  leads: [{ table: 'leads', key: ['lead_id'], at: 'at' }],
  notes: [{ table: 'notes', key: ['note_id'], at: 'at' }],
  states: [{ table: 'snapshots', key: ['conversation'], at: 'saved_at' }],
  numbers: [
    { table: 'funnel_steps', key: ['conversation', 'funnel', 'step'], at: 'at' },
    { table: 'handoff_waits', key: ['conversation', 'since'], at: 'since', unless: sql`ended_at is null` },
  ],
  operatorLog: [{ table: 'operator_log', key: ['id'], at: 'at' }],
} as const satisfies Readonly<Record<string, readonly RetentionRule[]>>;

/** A kind of data that can be kept for a limited time. */
export type RetentionKind = keyof typeof RULES;

/** For how long each kind is kept, ms; left out: for ever. */
export type RetentionPeriods = { readonly [Kind in RetentionKind]?: number | undefined };

/** Where the next step goes on: a rule of the kind, and the last key that was looked at. */
export interface RetentionPlace {
  readonly rule: number;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** Removes what is too old, step by step. */
export interface Retention {
  /** Looks at some rows, and removes what is older. Resolves to the place of the next step; `undefined`: that was the last. */
  step(kind: RetentionKind, before: number, place?: RetentionPlace): Promise<RetentionPlace | undefined>;
}

/** So few that SQLite blocks the process for some milliseconds only, and that no other write waits long. */
export const ROWS_PER_STEP = 200;
const LOCK_KEYS = ['retention'];

/** Retention in all tables. Rows are found by walking the primary key: an index by time would make every turn dearer. */
export function createRetention({ db }: Pick<Database, 'db'>, write: Write<Tables>): Retention {
  return {
    async step(kind, before, { rule: index, after } = { rule: 0 }) {
      const rules: readonly RetentionRule[] = RULES[kind];
      const rule = rules[index];
      if (!rule) return undefined;
      const { table, key, at } = rule;
      const keyColumns = sql.join(key.map((name) => sql.ref(name)));
      const where = after ? sql`where (${keyColumns}) > (${sql.join(key.map((name) => after[name]))})` : sql``;
      const { rows } = await sql<Record<string, unknown>>`
        select ${keyColumns}, ${sql.ref(at)} as age_at from ${sql.table(table)} ${where}
        order by ${keyColumns} limit ${sql.lit(ROWS_PER_STEP)}`.execute(db);
      const old = rows.filter(({ age_at }) => Number(age_at) < before);
      if (old.length > 0)
        await write(LOCK_KEYS, (trx) => removal(rule, before, old).execute(trx), { durability: 'lazy' });
      const last = rows.at(-1);
      return last && rows.length === ROWS_PER_STEP ? { rule: index, after: last } : { rule: index + 1 };
    },
  };
}

/** Asks for the age again: the row may have been renewed since it was read. */
function removal(
  { table, key, at, unless, empties }: RetentionRule,
  before: number,
  rows: readonly Record<string, unknown>[],
) {
  const isOld = sql`${sql.ref(at)} < ${before} and not (${unless ?? sql`1 = 0`}) and ${isOneOf(key, rows)}`;
  return empties === undefined
    ? sql`delete from ${sql.table(table)} where ${isOld}`
    : sql`update ${sql.table(table)} set ${sql.ref(empties)} = '{}' where ${isOld}`;
}
