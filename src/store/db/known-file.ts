/** Whether the file in the store's place is still the store that this process has opened. */

import { statSync } from 'node:fs';
import { BotError } from '../../domain/bot-error.ts';
import { readStoreId } from './sqlite-connection.ts';
import type { StoreIdentity } from './store-identity.ts';

/** A file that was opened as the store. */
export interface KnownFile {
  readonly identity: StoreIdentity;
  readonly fileId: string | undefined;
  /** The write-ahead log beside it. */
  readonly logId: string | undefined;
}

const OR_EMPTY = 'or start the process again to begin with an empty store';

/** Tells a file from every other one while both exist, and as a rule from one that takes its place later. */
export function fileIdOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}:${stat.birthtimeMs}`;
}

/**
 * Returns when the file is the one that was opened, or a copy of it.
 *
 * @throws `BotError` with code `store_replaced`: what was acknowledged is not there, so that a person has to decide.
 */
export function requireSameStore(path: string, known: KnownFile): void {
  const fileId = fileIdOf(path);
  if (fileId === undefined) {
    throw replaced(
      `its file is gone, deleted or moved while the process ran. Put it back, and the store goes on by itself; ${OR_EMPTY}`,
    );
  }
  if (fileId === known.fileId) return;
  // SQLite would write the pages of the old log into the new file.
  if (known.logId !== undefined && fileIdOf(`${path}-wal`) === known.logId) {
    throw replaced(
      'its file was replaced, and the log beside it, whose name ends in -wal, is of the file from before. Put back file and log together; or stop all processes, remove the log, and start them again',
    );
  }
  if (readStoreId(path) === known.identity.storeId) return;
  throw replaced(
    'its file was replaced while the process ran, and holds another store or none. Put back the one from before, and the store goes on by itself; or start the process again to go on with this file',
  );
}

function replaced(what: string): BotError {
  return new BotError('store_replaced', `The store cannot write: ${what}.`);
}
