import { createHash } from 'node:crypto';
import { type Dialect, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';

/** How many transactions write side by side. */
export const MAX_POSTGRES_TRANSACTIONS = 4;
/** One connection for each lane, and some for reading. */
const MAX_CONNECTIONS = MAX_POSTGRES_TRANSACTIONS + 4;
/** Meta waits some seconds for its 200: an answer that comes later is none. */
const STATEMENT_TIMEOUT_MS = 8000;
/** PostgreSQL's bigint as a number: ids and epoch ms stay far below 2^53. */
const BIGINT_TYPE_OID = 20;
/** PostgreSQL's table of locks is of a fixed size; different lockKeys in one bucket only wait a little. */
const LOCK_BUCKETS = 1024;
/** Tells our advisory locks from those of others in the same database. */
const ADVISORY_LOCK_NAMESPACE = 0x45_76_54_68;

/** For migrations, which may take long: the dialect without limits. */
export function postgresForMigrations(connectionString: string): Dialect {
  return createPostgresDialect({ connectionString, max: 2 });
}

export function postgresDialect(connectionString: string): Dialect {
  return createPostgresDialect({
    connectionString,
    max: MAX_CONNECTIONS,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 1000,
    // A process that was stopped in the middle of a transaction must not hold up the others.
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  });
}

/** Keeps other transactions that are about these lockKeys waiting until this one ends, always in the same order. */
export async function lockInPostgres<DB>(trx: Transaction<DB>, lockKeys: readonly string[]): Promise<void> {
  const buckets = [...new Set(lockKeys.map(lockBucket))].toSorted((one, other) => one - other);
  if (buckets.length === 0) return;
  const locks = sql.join(
    buckets.map((bucket) => sql`pg_advisory_xact_lock(${sql.lit(ADVISORY_LOCK_NAMESPACE)}, ${sql.lit(bucket)})`),
  );
  await sql`select ${locks}`.execute(trx);
}

function createPostgresDialect(config: pg.PoolConfig): Dialect {
  const pool = new pg.Pool({ ...config, types: BIGINTS_AS_NUMBERS, connectionTimeoutMillis: 5000 });
  // A connection that breaks fails the query that uses it, if there is one; by itself it must not end the process.
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

function lockBucket(topic: string): number {
  return createHash('sha1').update(topic).digest().readUInt32BE() % LOCK_BUCKETS;
}
