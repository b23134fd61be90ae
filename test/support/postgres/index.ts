import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database on the test server. */
export interface Database {
  readonly url: string;
  /** Drops the database and its connections. */
  drop(): Promise<void>;
}

/** Creates an empty PostgreSQL database. */
export async function createDatabase(): Promise<Database> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const serverUrl = inject('postgresUrl');
  await query(serverUrl, `CREATE DATABASE ${name}`);
  return {
    url: new URL(`/${name}`, serverUrl).href,
    drop: () => query(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
