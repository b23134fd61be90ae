import { createHash } from 'node:crypto';
import { type Dialect, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Durability } from './group-commit.ts';

/** How many transactions write at the same time. */
export const MAX_POSTGRES_TRANSACTIONS = 4;
/** One connection for each writing transaction, and some for reading. */
const POOL_SIZE = MAX_POSTGRES_TRANSACTIONS + 4;
const STATEMENT_TIMEOUT_MS = 8000;
/** Meta waits 5 s for the 200 of a webhook. Somebody else may have locked a table, and the server may be unreachable. */
const LOCK_TIMEOUT_MS = 3000;
const CONNECT_TIMEOUT_MS = 3000;
/** PostgreSQL's type bigint is read as a number: ids and epoch ms stay far below 2^53. */
const BIGINT_TYPE_OID = 20;
/** PostgreSQL's lock table has a fixed size. Different lock keys may share a bucket, and then wait for each other. */
const LOCK_BUCKETS = 1024;
/** Separates our advisory locks from those of others in the same database. */
const ADVISORY_LOCK_NAMESPACE = 0x45_76_54_68;

/** The dialect without time limits, for migrations, which may take long. */
export function postgresForMigrations(connectionString: string): Dialect {
  return createPostgresDialect({ connectionString, max: 2 });
}

/** The dialect for everything else, with time limits. */
export function postgresDialect(connectionString: string): Dialect {
  return createPostgresDialect({
    connectionString,
    max: POOL_SIZE,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 1000,
    // A process that stops in the middle of a transaction must not block the others.
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  });
}

/** `set local`, in the form of a function, so that it needs no statement of its own. */
const COMMIT_ASYNCHRONOUSLY = sql`set_config('synchronous_commit', 'off', true)`;

/**
 * Makes other transactions with one of these lock keys wait until this one ends; sorted, so that none deadlock. PostgreSQL
 * flushes a lazy commit within three times `wal_writer_delay`, 0.6 s by default.
 */
export async function lockInPostgres<DB>(
  trx: Transaction<DB>,
  lockKeys: readonly string[],
  durability: Durability,
): Promise<void> {
  const buckets = [...new Set(lockKeys.map(lockBucket))].toSorted((one, other) => one - other);
  const calls = [
    ...(durability === 'lazy' ? [COMMIT_ASYNCHRONOUSLY] : []),
    ...buckets.map((bucket) => sql`pg_advisory_xact_lock(${sql.lit(ADVISORY_LOCK_NAMESPACE)}, ${sql.lit(bucket)})`),
  ];
  if (calls.length > 0) await sql`select ${sql.join(calls)}`.execute(trx);
}

function createPostgresDialect(config: pg.PoolConfig): Dialect {
  const pool = new pg.Pool({ ...config, types: BIGINTS_AS_NUMBERS, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A broken connection fails the query that uses it; as an unhandled 'error' event it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => {});
  return new PostgresDialect({ pool });
}

const BIGINTS_AS_NUMBERS: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary'): unknown =>
    id === BIGINT_TYPE_OID
      ? Number
      : format === 'binary'
        ? pg.types.getTypeParser(id, format)
        : pg.types.getTypeParser(id),
};

function lockBucket(lockKey: string): number {
  return createHash('sha1').update(lockKey).digest().readUInt32BE() % LOCK_BUCKETS;
}
