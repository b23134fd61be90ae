import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS people (
    position INTEGER PRIMARY KEY,
    psid TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    locale TEXT NOT NULL,
    timezone REAL NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    clock_ahead_ms INTEGER NOT NULL DEFAULT 0,
    window_opened_at INTEGER,
    page_seen_at INTEGER,
    is_blocking INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY,
    mid TEXT NOT NULL UNIQUE,
    psid TEXT NOT NULL,
    author TEXT NOT NULL,
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    is_read INTEGER NOT NULL DEFAULT 0,
    reaction TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_of_person ON messages (psid, seq);
  CREATE INDEX IF NOT EXISTS messages_unread ON messages (psid) WHERE is_read = 0 AND author <> 'person';

  CREATE TABLE IF NOT EXISTS sends (
    seq INTEGER PRIMARY KEY,
    psid TEXT,
    mid TEXT,
    request TEXT NOT NULL,
    outcome TEXT NOT NULL,
    http_status INTEGER,
    answer TEXT,
    meaning TEXT,
    fault TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS sends_of_person ON sends (psid, seq);

  CREATE TABLE IF NOT EXISTS webhooks (
    seq INTEGER PRIMARY KEY,
    psid TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT,
    item TEXT NOT NULL,
    at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    tried_at INTEGER,
    last_answer TEXT,
    took_ms INTEGER,
    is_accepted INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS webhooks_of_person ON webhooks (psid, seq);
  CREATE INDEX IF NOT EXISTS webhooks_waiting ON webhooks (psid, seq) WHERE is_accepted = 0;

  CREATE TABLE IF NOT EXISTS attachments (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    url TEXT,
    content BLOB,
    content_type TEXT,
    at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE IF NOT EXISTS templates (
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    body TEXT NOT NULL,
    buttons TEXT NOT NULL,
    PRIMARY KEY (name, language)
  ) STRICT;

  CREATE TABLE IF NOT EXISTS page_reactions (mid TEXT PRIMARY KEY, emoji TEXT NOT NULL) STRICT;

  CREATE TABLE IF NOT EXISTS comments (
    id TEXT PRIMARY KEY,
    post_id TEXT NOT NULL,
    psid TEXT NOT NULL,
    at INTEGER NOT NULL,
    is_answered INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE IF NOT EXISTS thread_control (
    psid TEXT PRIMARY KEY,
    owner_app_id TEXT,
    is_default_app INTEGER NOT NULL,
    active_at INTEGER NOT NULL,
    lasts_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE IF NOT EXISTS subscriptions (page_id TEXT PRIMARY KEY, fields TEXT) STRICT;

  CREATE TABLE IF NOT EXISTS personas (
    id TEXT PRIMARY KEY,
    page_id TEXT NOT NULL,
    name TEXT NOT NULL,
    picture_url TEXT NOT NULL,
    is_deleted INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE IF NOT EXISTS former_people (psid TEXT PRIMARY KEY) STRICT;

  CREATE TABLE IF NOT EXISTS profile (property TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

/** Columns added after the first release of a table; an older file gets them when it is opened. */
const LATER_COLUMNS = {
  people: ['ad_clicked TEXT', 'ad_window_opened_at INTEGER', 'page_id TEXT', 'unavailable TEXT'],
  webhooks: ['page_id TEXT', 'is_standby INTEGER NOT NULL DEFAULT 0', 'body TEXT'],
  templates: ["status TEXT NOT NULL DEFAULT 'APPROVED'"],
};

type Value = string | number | Buffer | null;

/** A prepared statement. The schema above guarantees the row type. */
export interface Statement<Row> {
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): Row[];
  run(...values: readonly Value[]): void;
}

/** The simulator's SQLite database. */
export interface SimulatorDatabase {
  prepare<Row>(sql: string): Statement<Row>;
  /** Runs `work` in a transaction. */
  transaction<Result>(work: () => Result): Result;
  /** The next number in the common order of messages, sends and webhooks, which continues across restarts. */
  nextSeq(): number;
  close(): void;
}

/** Opens or creates the file. `synchronous = NORMAL` loses nothing when a process is killed, only in a power cut. */
export function openSimulatorDatabase(file: string): SimulatorDatabase {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('busy_timeout = 2000');
  database.exec(SCHEMA);
  addLaterColumns(database);
  let seq = newestSeq(database);
  return {
    prepare: <Row>(sql: string) => database.prepare(sql) as unknown as Statement<Row>,
    transaction: (work) => database.transaction(work)(),
    nextSeq: () => (seq += 1),
    close: () => void database.close(),
  };
}

function addLaterColumns(database: Database.Database): void {
  for (const [table, columns] of Object.entries(LATER_COLUMNS)) {
    const rows = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[];
    const existing = new Set(rows.map(({ name }) => name));
    const missing = columns.filter((column) => !existing.has(column.split(' ')[0] ?? ''));
    for (const column of missing) database.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
  }
}

function newestSeq(database: Database.Database): number {
  const tables = ['messages', 'sends', 'webhooks'].map((table) => `SELECT max(seq) AS seq FROM ${table}`);
  const row = database.prepare(`SELECT max(seq) AS seq FROM (${tables.join(' UNION ALL ')})`).get();
  return (row as { seq: number | null }).seq ?? 0;
}
