import type { Tables } from '../db/tables.ts';

/** The columns of a table that are encrypted, and those that name its rows. */
interface EncryptedColumns<Table> {
  /** Unique and never changed: a value is bound to its row by them. */
  readonly row: readonly (keyof Table & string)[];
  readonly columns: readonly (keyof Table & string)[];
}

/**
 * Every encrypted column. A new one has the type `Encrypted` in `db/tables.ts`, and a place here; the compiler then finds
 * the code that reads and writes it.
 */
export const ENCRYPTED_COLUMNS = {
  inbox: { row: ['dedupe_key'], columns: ['event_json', 'raw_json'] },
  contacts: { row: ['conversation'], columns: ['first_name', 'last_name'] },
  sends: { row: ['send_id'], columns: ['message_json'] },
  messages: { row: ['page_id', 'mid'], columns: ['text', 'attachments_json'] },
  leads: { row: ['lead_id'], columns: ['fields_json', 'consent_json'] },
  snapshots: { row: ['conversation'], columns: ['state_json'] },
  handoffs: { row: ['conversation'], columns: ['reason'] },
  notes: { row: ['note_id'], columns: ['text'] },
  saved_replies: { row: ['reply_id'], columns: ['text'] },
  destinations: { row: ['name'], columns: ['url', 'secret', 'previous_secret'] },
  outbox: { row: ['event_id', 'destination'], columns: ['data_json'] },
  operator_requests: { row: ['operator', 'idempotency_key'], columns: ['body'] },
} as const satisfies { readonly [Table in keyof Tables]?: EncryptedColumns<Tables[Table]> };

/** A table with encrypted columns. */
export type EncryptedTable = keyof typeof ENCRYPTED_COLUMNS;

/** The columns that name a row of a table with encrypted columns. */
export type RowName<Table extends EncryptedTable> = {
  readonly [Column in (typeof ENCRYPTED_COLUMNS)[Table]['row'][number]]: string;
};

/** The names of the encrypted columns of a table. */
export type EncryptedColumn<Table extends EncryptedTable> = (typeof ENCRYPTED_COLUMNS)[Table]['columns'][number];
