/** All that the store has of one person, in the words of the glossary: for an export. */

import type { Kysely } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Tables } from '../db/tables.ts';
import type { ReadableRow } from '../encryption/column-cipher.ts';
import { fromStoredStatus } from '../ledger/send-states.ts';
import { keysOf, readRows, type Row } from './rows.ts';
import { PERSON_TABLE_LIST } from './tables.ts';

/** Some of a person's rows from one table. */
export interface PersonSection {
  /** `transcript`, `sends`, `leads`, … */
  readonly section: string;
  readonly rows: readonly Row[];
}

/** Times are ISO 8601, JSON is data, and names are in camel case; one table after the other, in batches. `unreadable` names the fields of a row that cannot be decrypted. */
export async function* readPerson(db: Kysely<Tables>, conversation: ConversationId): AsyncGenerator<PersonSection> {
  for (const [table, { section, hides = [] }] of PERSON_TABLE_LIST) {
    if (section === undefined) continue;
    let isEmpty = true;
    for await (const keys of keysOf(db, table, conversation)) {
      const rows = await readRows(db, table, keys);
      yield { section, rows: rows.map((row) => toExported(row, hides)) };
      isEmpty = false;
    }
    if (isEmpty) yield { section, rows: [] };
  }
}

const TIME = /(^|_)(at|since|until)$/;

function toExported({ row, unreadable }: ReadableRow<Row>, hides: readonly string[]): Row {
  const exported = Object.entries(row)
    .filter(([name, value]) => !hides.includes(name) && value !== null)
    .map(([name, value]) => [toFieldName(name), toValue(name, value)] as const);
  return { ...Object.fromEntries(exported), ...(unreadable.length > 0 && { unreadable: unreadable.map(toFieldName) }) };
}

function toFieldName(column: string): string {
  return toCamelCase(column.replace(/_json$/, ''));
}

function toValue(name: string, value: unknown): unknown {
  if (name.endsWith('_json') || name === 'tags') return parsed(String(value));
  if (TIME.test(name) && Number.isFinite(Number(value))) return new Date(Number(value)).toISOString();
  return name === 'status' && value === 'doubtful' ? fromStoredStatus(value) : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
