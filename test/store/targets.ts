/** The databases that the store must behave the same on; every test names the one it runs against. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { inboundEvents, type Delivered } from '../../src/messenger/parse-webhook.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { createDatabase } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export interface Target {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** An empty database of its own, gone when the test is over. */
  emptyDatabase(): Promise<string>;
}

export const targets: readonly Target[] = [
  { name: 'SQLite', emptyDatabase: async () => `file:${join(temporaryFolder(), 'store.db')}` },
  {
    name: 'PostgreSQL',
    async emptyDatabase() {
      const { url, drop } = await createDatabase();
      onTestFinished(drop);
      return url;
    },
  },
];

/** A store that is closed when the test is over. */
export async function aStoreAt(url: string): Promise<Store> {
  const store = await openStore(url);
  onTestFinished(() => store.close());
  return store;
}

/** The tables themselves, for looking behind the store. */
export async function theTablesAt(url: string): Promise<Database['db']> {
  const { db } = await openDatabase(url);
  onTestFinished(() => db.destroy());
  return db;
}

/** A store on an empty database, and that database. */
export async function anEmptyStore(target: Target) {
  const url = await target.emptyDatabase();
  const store = await aStoreAt(url);
  return { url, store, tables: await theTablesAt(url) };
}

/** What the api would hand to the inbox for this body. */
export function delivered(body: unknown): Delivered[] {
  return inboundEvents(body) ?? [];
}

/** Arguments for `node` to run one of the scripts in `children`. */
export function childScript(name: 'keep.ts' | 'open.ts', url: string): string[] {
  return ['--import', 'tsx', join(import.meta.dirname, 'children', name), url];
}
