import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Paths of the files that a file depends on, and paths where an import found none. */
interface DependencyFiles {
  readonly files: readonly string[];
  readonly missing: readonly string[];
}

/** Any quoted relative path: an import, a `require`, a file that is read. A false match only costs a watch. */
const RELATIVE = /['"`](\.{1,2}\/[^'"`\n]{1,300})['"`]/g;
const ENDINGS = ['', '.ts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js'];
const CODE = /\.[cm]?[jt]s$/;

/** Finds a Node file's dependencies by relative path, direct and indirect; packages are left out. */
export function findDependencyFiles(entry: string): DependencyFiles {
  const files = new Set<string>();
  const missing: string[] = [];
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!CODE.test(file)) continue;
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(RELATIVE)) {
      const wanted = resolve(dirname(file), path);
      // `./x.js` may stand for `./x.ts`.
      const candidates = ENDINGS.map((ending) => wanted + ending).concat(wanted.replace(/js$/, 'ts'));
      const found = candidates.find(isFile);
      if (found !== undefined) open.push(found);
      else missing.push(...candidates);
    }
  }
  return { files: [...files], missing };
}

/** Whether a file, and no folder, is there. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
