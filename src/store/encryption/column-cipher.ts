/** Encrypts and decrypts the columns of `ENCRYPTED_COLUMNS`. */

import { createHmac } from 'node:crypto';
import type { Kysely } from 'kysely';
import { BotError } from '../../domain/bot-error.ts';
import { createSealer, type KeyRing, missingKeys } from '../../encryption/sealer.ts';
import type { StoreIdentity } from '../db/store-identity.ts';
import type { Tables } from '../db/tables.ts';
import { ENCRYPTED_COLUMNS, type EncryptedColumn, type EncryptedTable, type RowName } from './columns.ts';
import type { Encrypted } from './encrypted.ts';

/** Values with their encrypted columns as texts. */
export type Opened<Row> = { [Column in keyof Row]: OpenedValue<Row[Column]> };
type OpenedValue<Value> = Value extends Encrypted ? string : Value;

/** Values with their columns of a table as they are stored. */
export type Sealed<Table extends EncryptedTable, Values> = {
  [Column in keyof Values]: Column extends EncryptedColumn<Table> ? SealedValue<Values[Column]> : Values[Column];
};
type SealedValue<Value> = Value extends string ? Encrypted : Value;

/** A row without its columns that cannot be decrypted, and their names. */
export interface ReadableRow<Row> {
  readonly row: Partial<Opened<Row>>;
  readonly unreadable: readonly string[];
}

/** Encrypts what is written to a store, and decrypts what is read from it. */
export interface ColumnCipher {
  /** What every value begins with that the newest key wrote; `undefined`: nothing is encrypted. */
  readonly newestPrefix: string | undefined;
  /** The values with their columns of the table encrypted, for the row that `row` names. */
  seal<Table extends EncryptedTable, Values extends object>(
    table: Table,
    row: RowName<Table>,
    values: Values,
  ): Sealed<Table, Values>;
  /** The row with its columns of the table decrypted; one that was written in plain stays. */
  open<Table extends EncryptedTable, Row extends RowName<Table>>(table: Table, row: Row): Opened<Row>;
  /**
   * As {@link open}, for those who go on without what cannot be decrypted: an export, an erasure, a queue. `unreadable` has the columns
   * that the row then lacks.
   */
  openReadable<Table extends EncryptedTable, Row extends RowName<Table>>(table: Table, row: Row): ReadableRow<Row>;
  /** The id of the key that a stored value needs; `undefined` for a plain one. */
  keyIdOf(stored: string): string | undefined;
}

/** The cipher of a store. */
export function createColumnCipher(ring: KeyRing, { storeId, echoKey }: StoreIdentity): ColumnCipher {
  const sealer = createSealer(ring, 'store column');
  // Secret, so that nobody can write a text that is taken for an encrypted one.
  const prefix = `enc1.${createHmac('sha256', echoKey).update('encrypted column').digest('base64url').slice(0, 10)}.`;

  function keyIdOf(stored: string): string | undefined {
    if (!stored.startsWith(prefix)) return undefined;
    return stored.slice(prefix.length, stored.indexOf('.', prefix.length));
  }

  function openText(stored: string, context: () => string): string {
    const keyId = keyIdOf(stored);
    if (keyId === undefined) return stored;
    if (!sealer) throw missingKeys([keyId], 'The store needs');
    const bytes = Buffer.from(stored.slice(prefix.length + keyId.length + 1), 'base64url');
    return sealer.open({ keyId, bytes }, context()).toString();
  }

  function sealText(text: string, context: () => string): string {
    if (!sealer) return text;
    const { keyId, bytes } = sealer.seal(Buffer.from(text), context());
    return `${prefix}${keyId}.${Buffer.from(bytes).toString('base64url')}`;
  }

  /** Applies `change` to the encrypted columns that are there. */
  function changed<Values extends object>(
    table: EncryptedTable,
    row: object,
    values: Values,
    change: (text: string, context: () => string) => string,
  ): Values {
    let copy: Record<string, unknown> | undefined;
    for (const column of ENCRYPTED_COLUMNS[table].columns) {
      const value = (values as Readonly<Record<string, unknown>>)[column];
      if (typeof value !== 'string') continue;
      const other = change(value, () => contextOf(storeId, table, column, row));
      if (other !== value) (copy ??= { ...values } as Record<string, unknown>)[column] = other;
    }
    return (copy ?? values) as Values;
  }

  return {
    newestPrefix: sealer && `${prefix}${sealer.newestId}.`,
    seal: (table, row, values) => (sealer ? changed(table, row, values, sealText) : values) as never,
    open: (table, row) => changed(table, row, row, openText) as never,
    openReadable(table, row) {
      const unreadable: string[] = [];
      const readable: Record<string, unknown> = { ...row };
      for (const column of ENCRYPTED_COLUMNS[table].columns) {
        const stored = readable[column];
        if (typeof stored !== 'string') continue;
        try {
          readable[column] = openText(stored, () => contextOf(storeId, table, column, row));
        } catch (error) {
          if (!(error instanceof BotError)) throw error;
          unreadable.push(column);
          delete readable[column];
        }
      }
      return { row: readable as never, unreadable };
    },
    keyIdOf,
  };
}

/** Binds a value to its place: it cannot be moved to another column, row or store. */
function contextOf(storeId: string, table: EncryptedTable, column: string, row: object): string {
  const names = ENCRYPTED_COLUMNS[table].row.map((name) => {
    const value = (row as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'string') return value;
    throw new TypeError(`A row of ${table} is read or written without its column ${name}, which its encryption needs.`);
  });
  return JSON.stringify([storeId, table, column, ...names]);
}

const ciphers = new WeakMap<object, ColumnCipher>();

/** Remembers the cipher of an open database. */
export function setCipher(db: Kysely<Tables>, cipher: ColumnCipher): void {
  ciphers.set(db.getExecutor().adapter, cipher);
}

/** The cipher of a database or of one of its transactions. */
export function cipherOf(db: Pick<Kysely<Tables>, 'getExecutor'>): ColumnCipher {
  const cipher = ciphers.get(db.getExecutor().adapter);
  if (cipher) return cipher;
  throw new TypeError('This database was not opened as a store, so that nobody knows how its columns are encrypted.');
}
