/** The databases on which the store must behave the same; every test title names its database. */

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import type { DecodedEvent } from '../../src/messenger/inbound/inbox-item.ts';
import { openStoreDatabase, type Database } from '../../src/store/db/database.ts';
import type { Tables } from '../../src/store/db/tables.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/index.ts';
import { createDatabase, type Database as TestDatabase } from '../support/postgres/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export interface Target {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** An empty database of its own, without tables, gone when the test is over. */
  emptyDatabase(): Promise<string>;
  /** A database with all tables and no rows, shared by the tests of a process. */
  emptyTables(): Promise<string>;
}

const sqliteFile = async () => `file:${join(temporaryFolder(), 'store.db')}`;

export const targets: readonly Target[] = [
  { name: 'SQLite', emptyDatabase: sqliteFile, emptyTables: sqliteFile },
  {
    name: 'PostgreSQL',
    async emptyDatabase() {
      const { url, drop } = await createDatabase();
      onTestFinished(drop);
      return url;
    },
    async emptyTables() {
      const { url } = await (shared ??= createDatabase());
      const { db } = await openStoreDatabase(url);
      for (const { name } of await db.introspection.getTables()) await db.deleteFrom(name as keyof Tables).execute();
      await db.destroy();
      return url;
    },
  },
];

/** One per process; gone with its server, which exists for the tests alone. */
let shared: Promise<TestDatabase> | undefined;

/** A store that is closed when the test is over. */
export async function aStoreAt(url: string, options?: StoreOptions): Promise<Store> {
  const store = await openStore(url, options);
  onTestFinished(() => store.close());
  return store;
}

/** The tables, for checks behind the store's back. */
export async function theTablesAt(url: string, options?: StoreOptions): Promise<Database['db']> {
  const { db } = await openStoreDatabase(url, options);
  onTestFinished(() => db.destroy());
  return db;
}

/** A store on an empty database, and that database. */
export async function anEmptyStore(target: Target, options?: StoreOptions) {
  const url = await target.emptyTables();
  const store = await aStoreAt(url, options);
  return { url, store, tables: await theTablesAt(url) };
}

/** What the api would pass to the inbox for this body. */
export function delivered(body: unknown): DecodedEvent[] {
  return decodeWebhook(body) ?? [];
}

/** Arguments for `node` to run one of the scripts in `children`. */
export function childScript(name: 'record.ts' | 'open.ts', url: string): string[] {
  return ['--import', 'tsx', join(import.meta.dirname, 'children', name), url];
}
