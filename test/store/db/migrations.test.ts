import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Kysely } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStoreDatabase } from '../../../src/store/db/database.ts';
import { postgresForMigrations } from '../../../src/store/db/postgres.ts';
import { SqliteConnection } from '../../../src/store/db/sqlite-connection.ts';
import { sqliteDialect } from '../../../src/store/db/sqlite-dialect.ts';
import { openStore } from '../../../src/store/index.ts';
import { childScript, targets, theTablesAt } from '../targets.ts';

const TABLES = [
  ...'attachments bot_facts budgets changes claims contacts destinations encryption_keys erasures external_ids funnel_steps handoff_waits handoffs inbox leads messages notes'.split(
    ' ',
  ),
  ...'operator_log operator_requests operator_sessions operator_tokens operators outbox'.split(' '),
  ...'pages presence pulse received_topics saved_replies sends snapshots store_identity strikes templates'.split(' '),
];

async function tablesAt(url: string): Promise<string[]> {
  const tables = await (await theTablesAt(url)).introspection.getTables();
  return tables.map(({ name }) => name).toSorted();
}

/** The database before any migration. */
async function bareDatabase(url: string): Promise<Kysely<{ leads: { note: string } }>> {
  if (!url.startsWith('file:')) return new Kysely({ dialect: postgresForMigrations(url) });
  return new Kysely({ dialect: sqliteDialect(await SqliteConnection.open(url.slice('file:'.length))) });
}

describe.each(targets)('the schema on $name', (target) => {
  test('an empty database gets every table, and opening it again changes nothing', async () => {
    const url = await target.emptyDatabase();
    await (await openStore(url)).close();

    await (await openStore(url)).close();

    expect(await tablesAt(url)).toEqual(TABLES);
  });

  test('several openers at once on the same empty database', async () => {
    const url = await target.emptyDatabase();

    const stores = await Promise.all(Array.from({ length: 5 }, () => openStore(url)));

    await Promise.all(stores.map((store) => store.close()));
    expect(await tablesAt(url)).toEqual(TABLES);
  });

  test('several processes at once on the same empty database', async () => {
    const url = await target.emptyDatabase();
    const children = [1, 2, 3].map(() => spawn(process.execPath, childScript('open.ts', url)));

    const ends = children.map((child) => once(child, 'exit'));
    const said = await Promise.all(children.map((child) => text(child.stdout)));

    expect(said).toEqual(['open\n', 'open\n', 'open\n']);
    await Promise.all(ends);
    expect(await tablesAt(url)).toEqual(TABLES);
  });

  test('a schema that a newer version has changed is refused with both versions, and left alone', async () => {
    const url = await target.emptyDatabase();
    await (await openStore(url)).close();
    const bare = (await bareDatabase(url)).withTables<{ kysely_migration: { name: string; timestamp: string } }>();
    onTestFinished(() => bare.destroy());
    const newer = { name: '999-of-tomorrow', timestamp: '2030-01-01T00:00:00.000Z' };
    await bare.insertInto('kysely_migration').values(newer).execute();

    await expect(openStore(url)).rejects.toMatchObject({
      code: 'store_newer',
      message: expect.stringMatching(/has "999-of-tomorrow", and this version knows it up to "\d{3}-[a-z-]+"\. Run/),
    });
    await bare.deleteFrom('kysely_migration').where('name', '=', newer.name).execute();
    expect(await tablesAt(url)).toEqual(TABLES);
  });

  test('a failed migration is rolled back: once the cause is gone, it succeeds', async () => {
    const url = await target.emptyDatabase();
    const bare = await bareDatabase(url);
    await bare.schema.createTable('leads').addColumn('note', 'text').execute();

    await expect(openStore(url)).rejects.toThrow(/store/i);

    await bare.schema.dropTable('leads').execute();
    await bare.destroy();
    await (await openStoreDatabase(url)).db.destroy();
    expect(await tablesAt(url)).toEqual(TABLES);
  });
});
