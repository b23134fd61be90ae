/** Writes new tokens into the file of `MESSENGER_PAGES_FILE`. */

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

/** A Page and its new token. */
export interface NewPage {
  readonly pageId: string;
  readonly name: string;
  readonly accessToken: string;
}

/** Ids of the Pages that were written, by what changed. */
export interface WrittenPages {
  readonly added: readonly string[];
  readonly updated: readonly string[];
  /** Their token is in another file, which does not change. */
  readonly elsewhere: readonly string[];
}

const LIST = z.array(z.looseObject({ pageId: z.string() }));

/** The file cannot be used as a list of Pages, so it is not replaced. */
export class PagesFileError extends Error {
  readonly code = 'pages_file_invalid';
  override readonly name = 'PagesFileError';

  constructor(file: string) {
    super(`${file} is there and holds no list of Pages, so it was left as it is. Name another file, or move it away.`);
  }
}

/**
 * Adds Pages and replaces the tokens of those that are there; everything else in the file stays. The file is readable by
 * its owner alone and is replaced atomically.
 */
export function writePagesFile(file: string, pages: readonly NewPage[]): WrittenPages {
  const path = existsSync(file) ? realpathSync(file) : resolve(file);
  const list = existsSync(path) ? readPagesList(path) : [];
  const [added, updated, elsewhere]: [string[], string[], string[]] = [[], [], []];
  for (const { pageId, name, accessToken } of pages) {
    const entry = list.find((one) => one.pageId === pageId);
    if (entry?.['accessTokenFile'] !== undefined) elsewhere.push(pageId);
    else if (entry) {
      entry['accessToken'] = accessToken;
      updated.push(pageId);
    } else {
      list.push({ pageId, ...(name && { name: name.slice(0, MAX_NAME_CHARS) }), accessToken });
      added.push(pageId);
    }
  }
  replaceFile(path, `${JSON.stringify(list, null, 2)}\n`);
  return { added, updated, elsewhere };
}

const MAX_NAME_CHARS = 200;

function readPagesList(path: string): z.output<typeof LIST> {
  try {
    return LIST.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new PagesFileError(path);
  }
}

function replaceFile(path: string, text: string): void {
  const draft = join(dirname(path), `.${randomUUID()}.tmp`);
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
