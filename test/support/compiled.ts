/**
 * `everthread`, compiled once for a whole test run: its commands then start in a third of the time that they take from
 * their sources. The types are left to `npm run check`.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const setup = join(root, 'scripts', 'setup.mjs');
// Below the project, so that its libraries are found.
const cache = join(root, '.everthread', 'cache', 'compiled');
const KEPT_MS = 86_400_000;
const VARIABLE = 'EVERTHREAD_COMPILED';

/** Arguments for `node` that come before those of a command: the compiled one in a test run, else from the sources. */
export function everthread(): readonly string[] {
  const folder = process.env[VARIABLE];
  // A bot's `import 'everthread'` finds the sources, as it does with `npm start`.
  return folder === undefined ? fromSources() : ['--conditions=everthread-source', join(folder, 'cli', 'main.js')];
}

/** As `npm start` and `npm run everthread` do it. */
export function fromSources(): readonly string[] {
  return [setup];
}

/** For the processes that vitest starts: {@link everthread} finds it there. */
export function compileForThisRun(): void {
  const folder = join(cache, ageOf(join(root, 'src')));
  process.env[VARIABLE] = folder;
  if (existsSync(folder)) return;
  removeOldOnes();
  const unfinished = `${folder}.${process.pid}`;
  const build = [join(root, 'scripts', 'build.mjs'), unfinished, '--noCheck', '--declaration', 'false'];
  execFileSync(process.execPath, build, { stdio: 'inherit' });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another run of the tests was quicker.
    rmSync(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

/** What other runs may be using stays. */
function removeOldOnes(): void {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    if (Date.now() - statSync(folder).mtimeMs > KEPT_MS) rmSync(folder, { recursive: true, force: true });
  }
}

/** Another one when a file was changed, added or removed. */
function ageOf(source: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }).toSorted()) {
    hash.update(`${file} ${statSync(join(source, file)).mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 20);
}
