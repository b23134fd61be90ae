/** The recorded bodies under `test/fixtures/webhooks`, one per kind of event. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../fixtures');

/** File names without `.json`. */
export function fixtureNames(): string[] {
  return readdirSync(join(folder, 'webhooks')).map((file) => file.replace(/\.json$/, ''));
}

/** The exact bytes, as they would be signed. */
export function fixtureBytes(name: string): Buffer {
  return readFileSync(join(folder, 'webhooks', `${name}.json`));
}

/** A table of Meta's, as data. */
export function fixtureTable<Row>(file: 'graph-errors.json' | 'send-limits.json'): readonly Row[] {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as Row[];
}
