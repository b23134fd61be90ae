import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, PostgresDialect, type SqliteDatabase, SqliteDialect } from 'kysely';
import Libsql from 'libsql';
import pg from 'pg';
import { type DatabaseKind, migrate } from './migrations.ts';
import type { Tables } from './tables.ts';

export interface Database {
  readonly db: Kysely<Tables>;
  readonly kind: DatabaseKind;
  /** How many transactions may run side by side. SQLite has one writer. */
  readonly lanes: number;
}

/** PostgreSQL's bigint as a number: ids and epoch ms stay far below 2^53. */
const BIGINT = 20;
/** One connection each for the lanes of writing, and some for reading. */
const POSTGRES_LANES = 4;
const POSTGRES_CONNECTIONS = POSTGRES_LANES + 4;

/**
 * Opens `file:path/to/store.db` or `postgres://…` and brings its schema up to date.
 * A commit on SQLite is on disk when it returns (WAL, synchronous=FULL).
 */
export async function openDatabase(url: string): Promise<Database> {
  const database = url.startsWith('file:') ? openSqlite(url.slice('file:'.length)) : openPostgres(url);
  try {
    await migrate(database.db, database.kind);
  } catch (error) {
    await database.db.destroy();
    throw error;
  }
  return database;
}

function openSqlite(path: string): Database {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new Libsql(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('busy_timeout = 5000');
  const dialect = new SqliteDialect({ database: database as unknown as SqliteDatabase });
  return { db: new Kysely<Tables>({ dialect }), kind: 'sqlite', lanes: 1 };
}

function openPostgres(connectionString: string): Database {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (id: number, format?: 'text' | 'binary') =>
      id === BIGINT ? Number : pg.types.getTypeParser(id, format as 'text'),
  };
  const pool = new pg.Pool({ connectionString, types, max: POSTGRES_CONNECTIONS, connectionTimeoutMillis: 5000 });
  // An idle connection that the server closes must not end the process; the next query opens another.
  pool.on('error', () => {});
  return { db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }), kind: 'postgres', lanes: POSTGRES_LANES };
}
