import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface Database {
  readonly url: string;
  /** Removes it, cutting whatever is still connected. */
  drop(): Promise<void>;
}

/** A fresh, empty PostgreSQL database: one per test file, or per test where that matters. */
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
