import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SqliteConnection } from '../../../src/store/db/sqlite-connection.ts';
import { openStore } from '../../../src/store/index.ts';
import { ANA, aText, PAGE, START, webhookBody } from '../../support/events.ts';
import { idOf } from '../../support/on-this-machine.ts';
import { ensurePostgresBinaries } from '../../support/postgres/binaries.ts';
import { startPostgres, type PostgresServer } from '../../support/postgres/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startRecording } from '../recording-child.ts';
import { aStoreAt, delivered, theTablesAt } from '../targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const NOW = START + 400;
const aBody = (text: string) => delivered(webhookBody(aText(text)));
const UNAVAILABLE = {
  code: 'store_unavailable',
  message: expect.stringContaining('The store cannot write: ') as string,
};

const REPLACED = {
  code: 'store_replaced',
  message: expect.stringContaining('The store cannot write: ') as string,
};

async function textsAt(file: string): Promise<(string | null)[]> {
  const rows = await (await theTablesAt(`file:${file}`)).selectFrom('messages').select('text').execute();
  return rows.map(({ text }) => text).toSorted((one, other) => (one ?? '').localeCompare(other ?? ''));
}

/** Writes over one page of an open file. */
function damage(file: string, at: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(4096, 0xa5), 0, 4096, at);
  closeSync(descriptor);
}

/** Waits for the condition, until the test's own time limit. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('SQLite', () => {
  test('a folder that is no folder, and a file that is no database: errors with their cure', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a-file'), 'This is not a database. '.repeat(100));

    await expect(openStore(`file:${join(folder, 'a-file', 'store.db')}`)).rejects.toMatchObject(UNAVAILABLE);
    await expect(openStore(`file:${join(folder, 'a-file')}`)).rejects.toThrow(/damaged or no SQLite file/);
  });

  test.each([0.3, 0.5, 0.7])(
    'a file with a page destroyed at %d of it is refused at the start, with its cure',
    async (place) => {
      const file = join(temporaryFolder(), 'store.db');
      const store = await openStore(`file:${file}`);
      const texts = Array.from({ length: 300 }, (_, index) => aText(`${index} ${'x'.repeat(500)}`));
      await store.inbox.record(delivered(webhookBody(...texts)), NOW);
      await store.close();
      const connection = await SqliteConnection.open(file);
      connection.checkpoint();
      connection.close();
      await (await openStore(`file:${file}`, { checksFile: true })).close();

      const bytes = readFileSync(file);
      const page = Math.floor((bytes.length * place) / 4096) * 4096;
      writeFileSync(file, bytes.fill(0xa5, page, page + 4096));
      await expect(openStore(`file:${file}`, { checksFile: true })).rejects.toMatchObject({
        code: 'store_damaged',
        message: expect.stringContaining('its file is damaged or no SQLite file. Restore it from a copy'),
      });
    },
  );

  test('a read-only file is an error at the start', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'store.db');
    await (await openStore(`file:${file}`)).close();
    // root may write to a read-only file.
    const owner =
      process.getuid?.() === 0 ? { uid: idOf('-u', 'nobody') ?? 65534, gid: idOf('-g', 'nobody') ?? 65534 } : undefined;
    if (owner) chownSync(folder, owner.uid, owner.gid);
    if (owner) chownSync(file, owner.uid, owner.gid);
    chmodSync(file, 0o400);
    chmodSync(folder, 0o500);
    onTestFinished(() => chmodSync(folder, 0o700));

    const child = startRecording(`file:${file}`, owner);

    const line = await child.untilLine((said) => said.startsWith('lost ') || said.startsWith('opened'));
    expect(line).toMatch(/^lost store_unavailable: The store cannot write: .*(read-only|cannot be opened)/);
  });

  test('a folder that is moved away is noticed at once; when it is back, the store goes on with its data', async () => {
    const folder = join(temporaryFolder(), 'volume');
    const store = await aStoreAt(`file:${join(folder, 'store.db')}`);
    await store.inbox.record(aBody('before'), NOW);

    renameSync(folder, `${folder}-gone`);
    await expect(store.inbox.record(aBody('into the void'), NOW)).rejects.toMatchObject(REPLACED);
    await expect(store.ping()).rejects.toMatchObject(REPLACED);
    await expect(store.inbox.listWaiting(1, NOW)).rejects.toThrow(/its file is gone/);

    renameSync(`${folder}-gone`, folder);
    await store.inbox.record(aBody('after'), NOW);
    const lines = await store.transcript.readLast(ANAS, 10);
    expect(lines.map(({ text }) => text)).toEqual(expect.arrayContaining(['before', 'after']));
    expect(lines).toHaveLength(2);
  });

  test('a removed folder is not written to, also when it is there again; a new process begins with an empty store', async () => {
    const file = join(temporaryFolder(), 'data', 'store.db');
    const store = await aStoreAt(`file:${file}`);
    await store.inbox.record(aBody('before'), NOW);

    rmSync(dirname(file), { recursive: true });
    await expect(store.inbox.record(aBody('into the void'), NOW)).rejects.toMatchObject(REPLACED);
    mkdirSync(dirname(file));
    await expect(store.inbox.record(aBody('into the void'), NOW)).rejects.toMatchObject(REPLACED);
    expect(readdirSync(dirname(file))).toEqual([]);

    const restarted = await aStoreAt(`file:${file}`);
    expect((await restarted.inbox.record(aBody('after'), NOW)).waiting).toEqual([ANAS]);
    // Another store is in the place of the one that this process has acknowledged events to.
    await expect(store.inbox.record(aBody('into another'), NOW)).rejects.toThrow(/holds another store or none/);
    expect(await textsAt(file)).toEqual(['after']);
  });

  test('a commit to a file that was removed meanwhile is not acknowledged', async () => {
    const file = join(temporaryFolder(), 'store.db');
    const store = await aStoreAt(`file:${file}`);
    const removed = store.inbox.record(aBody('half'), NOW, () => {
      // In the middle of the transaction.
      renameSync(file, `${file}.away`);
      return undefined;
    });
    await expect(removed).rejects.toMatchObject(REPLACED);
    renameSync(`${file}.away`, file);
    await store.inbox.record(aBody('whole'), NOW);
  });

  test('a file that was put back is used again: the same one, or a copy with its log', async () => {
    const file = join(temporaryFolder(), 'store.db');
    const store = await aStoreAt(`file:${file}`);
    await store.inbox.record(aBody('first'), NOW);

    renameSync(file, `${file}.away`);
    await expect(store.inbox.record(aBody('lost'), NOW)).rejects.toMatchObject(REPLACED);
    renameSync(`${file}.away`, file);
    await store.inbox.record(aBody('second'), NOW);

    const copies = ['', '-wal'].map((ending) => [`${file}${ending}`, readFileSync(`${file}${ending}`)] as const);
    for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`);
    await expect(store.inbox.record(aBody('lost'), NOW)).rejects.toMatchObject(REPLACED);
    for (const [path, bytes] of copies) writeFileSync(path, bytes);
    await store.inbox.record(aBody('third'), NOW);
    expect(await textsAt(file)).toEqual(['first', 'second', 'third']);
  });

  test('a copy beside the log of the file from before is refused: SQLite would mix the two', async () => {
    const file = join(temporaryFolder(), 'store.db');
    const store = await aStoreAt(`file:${file}`);
    await store.inbox.record(aBody('first'), NOW);
    const bytes = readFileSync(file);
    rmSync(file);
    writeFileSync(`${file}.copy`, bytes);
    renameSync(`${file}.copy`, file);

    await expect(store.inbox.record(aBody('mixed'), NOW)).rejects.toThrow(/the log beside it/);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('a page destroyed while the process runs: the check finds it, and nothing is written until a restart', async () => {
    const file = join(temporaryFolder(), 'store.db');
    const store = await aStoreAt(`file:${file}`);
    const texts = Array.from({ length: 300 }, (_, index) => aText(`${index} ${'x'.repeat(500)}`));
    await store.inbox.record(delivered(webhookBody(...texts)), NOW);
    const connection = await SqliteConnection.open(file);
    connection.checkpoint();
    connection.close();

    const good = readFileSync(file);
    const page = Math.floor((good.length * 0.5) / 4096) * 4096;
    damage(file, page);
    await until(() =>
      store.ping().then(
        () => false,
        (error: { readonly code?: string }) => error.code === 'store_damaged',
      ),
    );
    await expect(store.inbox.record(aBody('on top of it'), NOW)).rejects.toMatchObject({ code: 'store_damaged' });

    writeFileSync(file, good);
    await expect(store.ping()).rejects.toMatchObject({ code: 'store_damaged' });
    const restarted = await aStoreAt(`file:${file}`, { checksFile: true });
    await restarted.ping();
    expect(await textsAt(file)).toHaveLength(300);
  });

  test('a damaged page that a webhook comes upon ends the use of the file', async () => {
    const file = join(temporaryFolder(), 'store.db');
    const first = await openStore(`file:${file}`);
    const texts = Array.from({ length: 300 }, (_, index) => aText(`${index} ${'x'.repeat(500)}`));
    await first.inbox.record(delivered(webhookBody(...texts)), NOW);
    await first.close();
    const connection = await SqliteConnection.open(file);
    connection.checkpoint();
    connection.close();
    const store = await aStoreAt(`file:${file}`);
    for (let page = 4096; page < readFileSync(file).length; page += 4096) damage(file, page);

    await expect(store.inbox.record(aBody('on top of it'), NOW)).rejects.toMatchObject({ code: 'store_damaged' });
    await expect(store.ping()).rejects.toMatchObject({ code: 'store_damaged' });
  });

  test('a file that another process has locked: a webhook is refused within 4 s, a start waits longer, and then all goes on', async () => {
    const file = join(temporaryFolder(), 'store.db');
    const store = await aStoreAt(`file:${file}`);
    const other = await SqliteConnection.open(file);
    await other.begin();
    // Another process may be changing the schema, which takes long on a busy machine.
    const opening = aStoreAt(`file:${file}`).catch((error: unknown) => error);
    const startedAt = performance.now();
    // One of them waits for the lock when the other comes.
    const waiting = [store.inbox.record(aBody('one'), NOW)];
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const probe = store.ping().catch((error: unknown) => error);
    waiting.push(store.inbox.record(aBody('two'), NOW));
    const answers = await Promise.allSettled(waiting);

    expect(performance.now() - startedAt).toBeLessThan(1500 + 4400);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await probe).toMatchObject(UNAVAILABLE);
    other.rollback();
    other.close();
    expect(await opening).toHaveProperty('inbox');
    expect((await store.inbox.record(aBody('three'), NOW)).waiting).toEqual([ANAS]);
    expect(await textsAt(file)).toEqual(['three']);
  });

  // A limit for the size of one file acts like a full disk, and needs neither root nor a mount.
  test('a full disk: every confirmed event is there, and with room again the store goes on', async () => {
    const url = `file:${join(temporaryFolder(), 'store.db')}`;
    const child = startRecording(url, { shell: 'ulimit -S -f 2048' });

    const told = await child.untilLine((line) => line.startsWith('lost '));
    const confirmedBefore = child.recorded.length;
    spawnSync('prlimit', ['--pid', String(child.process.pid), '--fsize=unlimited'], { stdio: 'inherit' });
    await child.untilLine(() => child.recorded.length > confirmedBefore + 100);
    await child.kill();

    expect(told).toMatch(/^lost store_unavailable: The store cannot write: the disk /);
    const rows = await (await theTablesAt(url)).selectFrom('inbox').select('dedupe_key').execute();
    const there = new Set(rows.map((row) => row.dedupe_key));
    expect(child.recorded.filter((mid) => !there.has(`message:${PAGE}:${mid}`))).toEqual([]);
    // Events that were being written at the kill may be there too, and no others.
    expect(there.size - child.recorded.length).toBeLessThanOrEqual(8);
  });
});

describe('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(await ensurePostgresBinaries());
  });
  afterAll(() => server.stop());

  test('an unreachable server is an error with its cure and without the password', async () => {
    const failure = openStore('postgres://bot:hunter2@127.0.0.1:1/bot');

    await expect(failure).rejects.toMatchObject(UNAVAILABLE);
    await expect(failure).rejects.not.toThrow(/hunter2/);
  });

  test('a table that somebody has locked: a webhook is refused within 4 s, and then all goes on', async () => {
    const store = await aStoreAt(server.url);
    const tables = await theTablesAt(server.url);
    let elapsed = 0;
    await tables.transaction().execute(async (trx) => {
      await sql`lock table inbox in access exclusive mode`.execute(trx);
      const startedAt = performance.now();
      await expect(store.inbox.record(aBody('locked out'), NOW)).rejects.toMatchObject(UNAVAILABLE);
      elapsed = performance.now() - startedAt;
    });
    expect(elapsed).toBeLessThan(4400);
    expect((await store.inbox.record(aBody('let in'), NOW)).waiting).toEqual([ANAS]);
  });

  test('a server stopped under load and started again: clear errors, then on by itself, with every confirmed event', async () => {
    const store = await aStoreAt(server.url);
    const recorded: string[] = [];
    const lost: unknown[] = [];
    let isOver = false;
    const recordOn = async (name: string) => {
      for (let index = 0; !isOver; index += 1) {
        const text = `${name} ${index}`;
        await store.inbox.record(aBody(text), NOW).then(
          () => recorded.push(text),
          (error: unknown) => lost.push(error),
        );
        await new Promise(setImmediate);
      }
    };
    const load = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(recordOn));

    await until(async () => recorded.length > 50);
    await server.halt();
    await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
    await until(async () => lost.length > 0);
    await server.start();
    const before = recorded.length;
    await until(async () => recorded.length > before + 50);
    isOver = true;
    await load;

    for (const error of lost) expect(error).toMatchObject(UNAVAILABLE);
    await until(() =>
      store.ping().then(
        () => true,
        () => false,
      ),
    );
    const rows = await (await theTablesAt(server.url)).selectFrom('messages').select('text').execute();
    const there = new Set<string | null>(rows.map(({ text }) => text));
    expect(recorded.filter((text) => !there.has(text))).toEqual([]);
  });
});
