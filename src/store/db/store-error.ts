import { BotError } from '../../domain/bot-error.ts';

/** SQLSTATE classes for which the server, not the row, is the cause. */
const POSTGRES_UNAVAILABLE = /^(08|25006|53|55P0[34]|57|58|F0|XX)/;
/** The row or the statement is the cause; every other SQLite code is about the file or the disk. */
const SQLITE_ROW_ERROR = /^SQLITE_(CONSTRAINT|ERROR|MISMATCH|RANGE|TOOBIG)/;
/** Messages of `pg` for lost connections, which have no code. */
const CONNECTION_LOST = /connection terminated|connection error|timeout exceeded|query read timeout|not queryable/i;

const UNAVAILABLE_CURES: readonly (readonly [RegExp, string])[] = [
  [/^SQLITE_FULL|^53100|^ENOSPC/, 'the disk is full. Make room; it goes on by itself'],
  [
    /^SQLITE_IOERR|^EIO/,
    'the disk answers with an error. It may be full, or at its limit for one file; see that it can be written',
  ],
  [
    /^SQLITE_(READONLY|PERM|AUTH)|^EACCES|^EROFS|^EPERM/,
    'its file is read-only for this user. Allow writing to the file and its folder',
  ],
  [
    /^SQLITE_CANTOPEN|^ENOENT|^ENOTDIR|^EEXIST/,
    'its file cannot be opened. See that the folder of DATABASE_URL exists and can be written',
  ],
  [/^SQLITE_(BUSY|LOCKED)/, 'another process holds its file. See what else has the file open'],
  [/^25006/, 'PostgreSQL is read-only. Point DATABASE_URL at the primary'],
  [/^28|^3D/, 'PostgreSQL does not let us in. See user, password and database in DATABASE_URL'],
  [/^53300/, 'PostgreSQL has no connection left. Raise max_connections, or run fewer processes'],
];

const POSTGRES_SILENT_CURE = 'PostgreSQL does not answer. It goes on by itself when the server is back';

/** True if nothing at all can be written now; false if the error is about this row or statement. */
export function isStoreUnavailable(error: unknown): boolean {
  if (error instanceof BotError) return UNAVAILABLE.has(error.code);
  const code = databaseErrorCode(error);
  if (code === undefined) return error instanceof Error && CONNECTION_LOST.test(error.message);
  if (code.startsWith('SQLITE_')) return !SQLITE_ROW_ERROR.test(code);
  return /^E[A-Z]{2,}$/.test(code) || POSTGRES_UNAVAILABLE.test(code);
}

const UNAVAILABLE: ReadonlySet<string> = new Set(['store_unavailable', 'store_damaged', 'store_replaced']);

/** True if SQLite has read something that it cannot have written. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(databaseErrorCode(error) ?? '');
}

/** True for a deadlock or a serialization failure: the transaction may run again. */
export function isDeadlock(error: unknown): boolean {
  return /^40(001|P01)$/.test(databaseErrorCode(error) ?? '');
}

/** The error with its cure, and without the database's message, which may quote personal data. */
export function toStoreError(error: unknown): BotError {
  if (error instanceof BotError) return error;
  const code = databaseErrorCode(error);
  if (!isStoreUnavailable(error)) {
    return new BotError('store_refused', `The store refuses what it was given (${code ?? 'no code'}).`, {
      cause: error,
    });
  }
  if (isDamage(error)) {
    return new BotError(
      'store_damaged',
      `The store cannot write: its file is damaged or no SQLite file. Restore it from a copy, and start the process again (${code}).`,
      { cause: error },
    );
  }
  const [, cure] = UNAVAILABLE_CURES.find(([codes]) => codes.test(code ?? '')) ?? [undefined, POSTGRES_SILENT_CURE];
  return new BotError('store_unavailable', `The store cannot write: ${cure} (${code ?? 'connection lost'}).`, {
    cause: error,
  });
}

/** The error of work that the database did not do in time. */
export function tooLate(withinMs: number): BotError {
  const seconds = withinMs / 1000;
  return new BotError(
    'store_unavailable',
    `The store cannot write: the database did not answer within ${seconds} s. See what has locked it; the store goes on by itself.`,
  );
}

function databaseErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
