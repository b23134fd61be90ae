/**
 * The change log: triggers write a row into `changes` for whatever an operator may be looking at, so that no writer of the
 * store has to think of it, and none costs a statement more. What landed is never edited: see `migrations.ts`.
 */

import { type Kysely, sql } from 'kysely';
import type { DatabaseKind } from './database-kind.ts';

/** One trigger: which change of which table is logged, and how. */
interface ChangeTrigger {
  readonly table: string;
  readonly event: 'insert' | 'update' | 'delete';
  /** Default: always. */
  readonly when?: string;
  readonly kind: string;
  /** The column that says what changed. Default: none is needed. */
  readonly ref?: string;
}

/** Whether one of the columns has another value than before. */
const differs = (...columns: readonly string[]) =>
  `(${columns.map((column) => `new.${column} is distinct from old.${column}`).join(' or ')})`;

const TRIGGERS: readonly ChangeTrigger[] = [
  { table: 'messages', event: 'insert', kind: 'message', ref: 'mid' },
  { table: 'messages', event: 'update', kind: 'message', ref: 'mid' },
  // A send that Meta takes is a message then, and one that Meta is called for is one in a moment.
  { table: 'sends', event: 'insert', when: `new.status <> 'calling'`, kind: 'send', ref: 'send_id' },
  {
    table: 'sends',
    event: 'update',
    when: `new.status not in ('calling', 'sent') and ${differs('status', 'code')}`,
    kind: 'send',
    ref: 'send_id',
  },
  { table: 'contacts', event: 'insert', kind: 'conversation' },
  {
    table: 'contacts',
    event: 'update',
    // A message of the person is logged as such.
    when: `${differs('tags', 'first_name', 'last_name', 'unavailable_since', 'opted_out_at', 'opted_in_at', 'thread_owner')} or (new.window_opener <> 'message' and ${differs('window_opened_at')})`,
    kind: 'conversation',
  },
  { table: 'contacts', event: 'update', when: differs('delivered_until', 'read_until'), kind: 'receipts' },
  { table: 'contacts', event: 'delete', kind: 'erased' },
  { table: 'handoffs', event: 'insert', kind: 'conversation' },
  {
    table: 'handoffs',
    event: 'update',
    when: differs('state', 'held_by', 'reason', 'waiting_since', 'until', 'seen_at', 'snoozed_until'),
    kind: 'conversation',
  },
  { table: 'notes', event: 'insert', kind: 'note', ref: 'note_id' },
  { table: 'notes', event: 'delete', kind: 'note', ref: 'note_id' },
  {
    table: 'inbox',
    event: 'update',
    when: `new.status <> old.status and (new.status = 'dead' or old.status = 'dead')`,
    kind: 'dead_event',
    ref: 'page_id',
  },
];

/** Renewing a row within its 30 seconds changes nothing that anybody sees. */
export const PRESENCE_TRIGGERS: readonly ChangeTrigger[] = [
  { table: 'presence', event: 'insert', kind: 'presence' },
  {
    table: 'presence',
    event: 'update',
    when: `${differs('state')} or old.expires_at <= new.expires_at - 30000`,
    kind: 'presence',
  },
  { table: 'presence', event: 'delete', kind: 'presence' },
];

/** Creates the table `changes` and the triggers that write it. */
export async function addChangeLog(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('changes')
    .addColumn('id', kind === 'postgres' ? 'bigserial' : 'integer', (column) =>
      kind === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement(),
    )
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('ref', 'text')
    .execute();
  await addTriggers(db, kind, TRIGGERS);
}

/** Creates triggers. */
export async function addTriggers(
  db: Kysely<unknown>,
  kind: DatabaseKind,
  triggers: readonly ChangeTrigger[],
): Promise<void> {
  for (const trigger of triggers)
    for (const statement of kind === 'postgres' ? inPostgres(trigger) : [inSqlite(trigger)])
      await sql.raw(statement).execute(db);
}

function nameOf({ table, event, kind }: ChangeTrigger): string {
  return `log_${table}_${event}_${kind}`;
}

function insertOf({ event, kind, ref }: ChangeTrigger): string {
  const row = event === 'delete' ? 'old' : 'new';
  const refValue = ref === undefined ? 'null' : `${row}.${ref}`;
  return `insert into changes (kind, conversation, ref) values ('${kind}', coalesce(${row}.conversation, ''), ${refValue})`;
}

function inSqlite(trigger: ChangeTrigger): string {
  const { table, event, when = 'true' } = trigger;
  return `create trigger ${nameOf(trigger)} after ${event} on ${table} when ${when} begin ${insertOf(trigger)}; end`;
}

function inPostgres(trigger: ChangeTrigger): readonly string[] {
  const { table, event, when = 'true' } = trigger;
  const name = nameOf(trigger);
  return [
    `create function ${name}() returns trigger language plpgsql as $$ begin ${insertOf(trigger)}; return null; end $$`,
    `create trigger ${name} after ${event} on ${table} for each row when (${when}) execute function ${name}()`,
  ];
}
