/** Rewrites what older keys encrypted, and what is plain, with the newest key: in small steps, while the store is in use. */

import { type Kysely, type RawBuilder, sql, type SqlBool, type Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from './column-cipher.ts';
import { ENCRYPTED_COLUMNS, type EncryptedTable } from './columns.ts';
import { isRemoved } from './encrypted.ts';

/** How far a rotation has come. */
export interface RotationProgress {
  readonly table: EncryptedTable;
  /** Of this table, so far. */
  readonly read: number;
  readonly rewritten: number;
}

/** Rows that one transaction rewrites: webhooks wait for no longer. */
const ROWS_PER_STEP = 100;
const LOCK_KEYS = ['encryption rotation'];

type Row = Readonly<Record<string, unknown>>;

/**
 * Rewrites one table after the other. It may be interrupted, and run again: rows that are done are only read. A row that
 * somebody else writes at the same time is left to them.
 */
export async function* rotateColumns(database: Database, write: Write<Tables>): AsyncGenerator<RotationProgress> {
  const { newestPrefix } = cipherOf(database.db);
  if (newestPrefix === undefined) return;
  // What is overwritten is zeroed, and does not stay in free pages.
  if (database.kind === 'sqlite') await sql`pragma secure_delete = on`.execute(database.db);
  for (const table of Object.keys(ENCRYPTED_COLUMNS) as EncryptedTable[]) {
    let [read, rewritten] = [0, 0];
    for (
      let rows = await readStep(database.db, table);
      rows.length > 0;
      rows = await readStep(database.db, table, rows.at(-1))
    ) {
      const stale = rows.filter((row) => staleColumns(table, row, newestPrefix).length > 0);
      read += rows.length;
      if (stale.length > 0)
        rewritten += await write(LOCK_KEYS, (trx) => rewrite(trx, database, table, stale, newestPrefix));
      yield { table, read, rewritten };
    }
  }
  await write(LOCK_KEYS, forgetReadableKeys);
}

/** The next rows in the order of their names, with the columns that are encrypted. */
async function readStep(db: Kysely<Tables>, table: EncryptedTable, after?: Row): Promise<readonly Row[]> {
  const { row: names, columns } = ENCRYPTED_COLUMNS[table];
  let query = sql<Row>`select ${sql.join([...names, ...columns].map((name) => sql.ref(name)))} from ${sql.table(table)}`;
  if (after) query = sql<Row>`${query} where ${isBeyond(names, after)}`;
  const { rows } =
    await sql<Row>`${query} order by ${sql.join(names.map((name) => sql.ref(name)))} limit ${ROWS_PER_STEP}`.execute(
      db,
    );
  return rows;
}

function isBeyond([name = '', ...others]: readonly string[], after: Row): RawBuilder<SqlBool> {
  const column = sql.ref(name);
  const isGreater = sql<SqlBool>`${column} > ${after[name]}`;
  if (others.length === 0) return isGreater;
  return sql<SqlBool>`(${isGreater} or (${column} = ${after[name]} and ${isBeyond(others, after)}))`;
}

function staleColumns(table: EncryptedTable, row: Row, newestPrefix: string): string[] {
  return ENCRYPTED_COLUMNS[table].columns.filter((column) => {
    const value = row[column];
    return typeof value === 'string' && !value.startsWith(newestPrefix) && !isRemoved(value);
  });
}

async function rewrite(
  trx: Transaction<Tables>,
  { kind }: Pick<Database, 'kind'>,
  table: EncryptedTable,
  rows: readonly Row[],
  newestPrefix: string,
): Promise<number> {
  const cipher = cipherOf(trx);
  const { newest } = await trx
    .selectFrom('changes')
    .select((eb) => eb.fn.max('id').as('newest'))
    .executeTakeFirstOrThrow();
  let rewritten = 0;
  for (const row of rows) {
    const opened = cipher.open(table, row as never) as Row;
    const stale = staleColumns(table, row, newestPrefix);
    const texts = Object.fromEntries(stale.map((column) => [column, opened[column]]));
    const sealed = cipher.seal(table, row as never, texts) as Row;
    const isSame = (column: string) => sql<SqlBool>`${sql.ref(column)} = ${row[column]}`;
    const { numAffectedRows } = await sql`update ${sql.table(table)}
      set ${sql.join(stale.map((column) => sql`${sql.ref(column)} = ${sealed[column]}`))}
      where ${sql.join([...ENCRYPTED_COLUMNS[table].row, ...stale].map(isSame), sql` and `)}`.execute(trx);
    rewritten += Number(numAffectedRows ?? 0);
  }
  await forgetChanges(trx, kind, newest ?? 0);
  return rewritten;
}

/** Nothing has changed for those who look: removes what the triggers logged of this transaction since then. */
async function forgetChanges(trx: Transaction<Tables>, kind: Database['kind'], after: number): Promise<void> {
  const logged = trx.deleteFrom('changes').where('id', '>', after);
  // SQLite has one writer; on PostgreSQL others log at the same time.
  const own = kind === 'sqlite' ? logged : logged.where(sql<SqlBool>`xmin = pg_current_xact_id()::xid`);
  await own.execute();
}

/** Keys of uploads from before encryption have names and addresses in them, and nobody looks for them any more. */
async function forgetReadableKeys(trx: Transaction<Tables>): Promise<void> {
  const hash = sql<SqlBool>`(substr(content_key, 1, 7) = 'sha256:' and length(content_key) = ${'sha256:'.length + 64})`;
  await trx
    .deleteFrom('attachments')
    .where((eb) => eb.not(hash))
    .execute();
}
