/** Which tables hold something of a person, how its rows are found, and what an export calls them: the one list. */

import type { Tables } from '../db/tables.ts';

/** The tables that name a person; one that is not in the list below does not compile. */
type TableOfPeople = {
  [T in keyof Tables]: keyof Tables[T] & ('conversation' | 'psid' | 'workflow_id') extends never ? never : T;
}[keyof Tables];

/** How the rows of a person are found in a table. */
export interface PersonTable {
  /** The primary key. */
  readonly key: readonly string[];
  /**
   * `index`: the column `conversation` has one. `walk`: all rows are read, in small steps, because an index would make every turn dearer.
   * `own`: erased by a step of its own.
   */
  readonly found: 'index' | 'walk' | 'own';
  /** Its name in an export; left out: nothing in it is more than a name of other rows. */
  readonly section?: string;
  /** Columns that an export leaves out. */
  readonly hides?: readonly string[];
}

/** In the order in which rows are erased; `contacts` is last, because its deletion tells live updates that the person is gone. */
export const PERSON_TABLES = {
  inbox: { key: ['id'], found: 'own', section: 'inboundEvents', hides: ['dedupe_key'] },
  sends: { key: ['send_id'], found: 'walk', section: 'sends', hides: ['echo_proof'] },
  messages: { key: ['page_id', 'mid'], found: 'index', section: 'transcript' },
  leads: { key: ['lead_id'], found: 'index', section: 'leads' },
  outbox: { key: ['id'], found: 'index', section: 'outgoingEvents', hides: ['line'] },
  funnel_steps: { key: ['conversation', 'funnel', 'step'], found: 'index', section: 'funnelSteps' },
  notes: { key: ['note_id'], found: 'index', section: 'notes' },
  handoffs: { key: ['conversation'], found: 'index', section: 'handoff' },
  handoff_waits: { key: ['conversation', 'since'], found: 'index', section: 'handoffWaits' },
  external_ids: { key: ['system', 'external_id', 'account'], found: 'index', section: 'externalIds' },
  received_topics: { key: ['conversation', 'key'], found: 'index', section: 'topics', hides: ['request_hash'] },
  presence: { key: ['conversation', 'operator'], found: 'index' },
  snapshots: { key: ['conversation'], found: 'index', section: 'snapshot' },
  strikes: { key: ['workflow_id'], found: 'own' },
  claims: { key: ['conversation'], found: 'own' },
  changes: { key: ['id'], found: 'own' },
  operator_requests: { key: ['operator', 'idempotency_key'], found: 'own' },
  operator_log: { key: ['id'], found: 'own', section: 'operatorLog', hides: ['request_key'] },
  erasures: { key: ['erasure_id'], found: 'own' },
  contacts: { key: ['conversation'], found: 'index', section: 'contact' },
} as const satisfies Record<TableOfPeople, PersonTable>;

/** A table of the list. */
export type PersonTableName = keyof typeof PERSON_TABLES;

/** The name of a part of an export. */
export type PersonSectionName = {
  [T in PersonTableName]: (typeof PERSON_TABLES)[T] extends { readonly section: infer Name } ? Name : never;
}[PersonTableName];

/** The list, in its order. */
export const PERSON_TABLE_LIST = Object.entries(PERSON_TABLES) as readonly (readonly [PersonTableName, PersonTable])[];
