/** The rows of one person, found and deleted in small steps, so that webhooks are acknowledged in between. */

import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { isOneOf } from '../db/row-keys.ts';
import type { Tables } from '../db/tables.ts';
import { cipherOf, type ReadableRow } from '../encryption/column-cipher.ts';
import { ENCRYPTED_COLUMNS, type EncryptedTable } from '../encryption/columns.ts';
import { PERSON_TABLES, type PersonTable, type PersonTableName } from './tables.ts';

/** A row as the database has it, decrypted. */
export type Row = Readonly<Record<string, unknown>>;

/** How many rows one statement changes; others wait for its transaction. */
const ROWS_PER_CHANGE = 200;
/** How many rows one statement reads: SQLite blocks the process meanwhile, for some milliseconds. */
const ROWS_PER_READ = 1000;
const REST_MS = 5;

/** Where a search for a person's rows ends. */
export interface SearchOptions {
  /** The last id to look at, in a table with ids. */
  readonly until?: number | undefined;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/** The primary keys of a person's rows in a table, in batches. */
export async function* keysOf(
  db: Kysely<Tables>,
  table: PersonTableName,
  conversation: ConversationId,
  { until, signal }: SearchOptions = {},
): AsyncGenerator<readonly Row[]> {
  const { key, found }: PersonTable = PERSON_TABLES[table];
  const { reads, matches } = found === 'index' ? INDEXED : searchIn(table, conversation);
  const keyColumns = columns(key);
  let last: Row | undefined;
  do {
    const conditions = [
      ...(found === 'index' ? [sql`conversation = ${conversation}`] : []),
      ...(last ? [sql`(${keyColumns}) > (${sql.join(key.map((name) => last?.[name]))})`] : []),
      ...(until === undefined ? [] : [sql`id <= ${until}`]),
    ];
    const where = conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``;
    const { rows } = await sql<Row>`
      select ${keyColumns}${reads} from ${sql.table(table)} ${where}
      order by ${keyColumns} limit ${sql.lit(ROWS_PER_READ)}`.execute(db);
    const batch = rows.filter((row) => matches(toReadableRow(db, table, row).row));
    for (let start = 0; start < batch.length; start += ROWS_PER_CHANGE)
      yield batch.slice(start, start + ROWS_PER_CHANGE);
    last = rows.length < ROWS_PER_READ ? undefined : rows.at(-1);
    if (last) await delay(REST_MS, undefined, signal && { signal });
  } while (last);
}

/** The whole rows of these keys, as far as they can be decrypted. */
export async function readRows(
  db: Kysely<Tables>,
  table: PersonTableName,
  keys: readonly Row[],
): Promise<readonly ReadableRow<Row>[]> {
  const { key }: PersonTable = PERSON_TABLES[table];
  const { rows } = await sql<Row>`
    select * from ${sql.table(table)} where ${isOneOf(PERSON_TABLES[table].key, keys)} order by ${columns(key)}`.execute(
    db,
  );
  return rows.map((row) => toReadableRow(db, table, row));
}

/** Deletes the rows of these keys. */
export async function deleteRows(db: Kysely<Tables>, table: PersonTableName, keys: readonly Row[]): Promise<void> {
  await sql`delete from ${sql.table(table)} where ${isOneOf(PERSON_TABLES[table].key, keys)}`.execute(db);
}

function toReadableRow(db: Kysely<Tables>, table: PersonTableName, row: Row): ReadableRow<Row> {
  return isEncrypted(table) ? cipherOf(db).openReadable(table, row as never) : { row, unreadable: [] };
}

function isEncrypted(table: keyof Tables): table is EncryptedTable {
  return table in ENCRYPTED_COLUMNS;
}

function columns(names: readonly string[]): RawBuilder<unknown> {
  return sql.join(names.map((name) => sql.ref(name)));
}

/** What to read besides the key, and whether the row names the person. */
interface Search {
  readonly reads: RawBuilder<unknown>;
  readonly matches: (row: Row) => boolean;
}

const INDEXED: Search = { reads: sql``, matches: () => true };

function searchIn(table: PersonTableName, conversation: ConversationId): Search {
  const psid = conversation.slice(conversation.lastIndexOf(':') + 1);
  const isTheirs = (row: Row) => row['conversation'] === conversation;
  const mentions = (text: unknown) => typeof text === 'string' && hasWord(text, psid);
  switch (table) {
    case 'inbox':
      // An item that could not be read belongs to nobody, and may name the person all the same.
      return {
        reads: sql`, dedupe_key, conversation, case when conversation is null then raw_json end as raw_json`,
        matches: (row) => isTheirs(row) || mentions(row['raw_json']),
      };
    case 'operator_requests':
      return { reads: sql`, conversation, body`, matches: (row) => isTheirs(row) || mentions(row['body']) };
    case 'strikes':
      return { reads: sql``, matches: (row) => conversationOfWorkflow(String(row['workflow_id'])) === conversation };
    default:
      return { reads: sql`, conversation`, matches: isTheirs };
  }
}

/** Of a sequence `sequence:{name}:{conversation}`, and of a conversation itself. */
function conversationOfWorkflow(workflowId: string): string {
  return workflowId.startsWith('sequence:') ? workflowId.split(':').slice(2).join(':') : workflowId;
}

/** Whether an id stands in a text by itself, and not as a part of a longer one. */
function hasWord(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1))
    if (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + id.length] ?? '')) return true;
  return false;
}
