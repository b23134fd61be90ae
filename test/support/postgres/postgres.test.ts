import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase } from './index.ts';

test('every database is empty, isolated, and fsynced as in production', async () => {
  const [one, other] = [await connected(await createDatabase()), await connected(await createDatabase())];

  await one.query('CREATE TABLE notes (text text)');

  const tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`;
  expect((await one.query(tables)).rows).toEqual([{ table_name: 'notes' }]);
  expect((await other.query(tables)).rows).toEqual([]);
  expect((await one.query('SHOW fsync')).rows).toEqual([{ fsync: 'on' }]);
});

test('a database can be dropped while a client is connected', async () => {
  const database = await createDatabase();
  const client = new pg.Client(database.url);
  const cut = new Promise<Error>((resolve) => client.on('error', resolve));
  await client.connect();

  await database.drop();

  expect((await cut).message).toMatch(/terminat/i);
});

async function connected(database: Awaited<ReturnType<typeof createDatabase>>): Promise<pg.Client> {
  const client = new pg.Client(database.url);
  await client.connect();
  onTestFinished(() => client.end().then(() => database.drop()));
  return client;
}
