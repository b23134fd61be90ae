/** Backups as docs/operations.md describes them, and where a word stands: in a backup, in files, in Temporal's tables. */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'libsql';
import { ensurePostgresBinaries } from '../../support/postgres/binaries.ts';

const run = promisify(execFile);

/** Backs the store up while its processes run, into a file of this name. */
export async function backUp(storeUrl: string, file: string): Promise<void> {
  if (!storeUrl.startsWith('file:')) {
    // Beside the server itself: PATH may have links to some of its programs.
    const server = realpathSync(join(await ensurePostgresBinaries(), 'postgres'));
    await run(join(dirname(server), 'pg_dump'), [storeUrl, '--file', file]);
    return;
  }
  const database = new Database(storeUrl.slice('file:'.length));
  try {
    database.exec(`vacuum into '${file}'`);
  } finally {
    database.close();
  }
}

/** The files of a folder, by how their names begin, in which a word stands: as it is, or in base64 or hex. */
export function filesWith(words: readonly string[], folder: string, begin: string): readonly string[] {
  const files = readdirSync(folder).filter((name) => name.startsWith(begin));
  return files.flatMap((name) => {
    const content = readFileSync(join(folder, name));
    return words
      .filter((word) => formsOf(word).some((form) => content.includes(form)))
      .map((word) => `${name}: ${word}`);
  });
}

/** A word begins anywhere in a group of three bytes; the characters that its neighbours share are left out. */
function formsOf(word: string): readonly string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.from(`${' '.repeat(shift)}${word}`).toString('base64');
    return text.slice(shift === 0 ? 0 : shift + 1, -4);
  });
  return [word, Buffer.from(word).toString('hex'), ...base64];
}

/** The tables of a SQLite file in which a word stands. */
export function tablesWith(words: readonly string[], file: string): readonly string[] {
  const database = new Database(file);
  try {
    const tables = database.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[];
    return tables.flatMap(({ name }) => {
      const rows = database.prepare(`select * from "${name}"`).all() as Record<
        string,
        ArrayBuffer | number | string | null
      >[];
      const values = rows.flatMap((row) =>
        Object.values(row).map((value) =>
          value instanceof ArrayBuffer ? Buffer.from(value) : Buffer.from(String(value)),
        ),
      );
      return words.filter((word) => values.some((value) => value.includes(word))).map((word) => `${name}: ${word}`);
    });
  } finally {
    database.close();
  }
}
