/** Bundles a bot once for all test files; a bundle is cached until one of its files changes. */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleBot, findBot } from '../../temporal/bundling/bundle-bot.ts';

/** A cached bundle, and the files it was made from with their sizes and modification times. */
interface CacheEntry {
  readonly codeFile: string;
  readonly files: Readonly<Record<string, string>>;
}

/** The bot's bundle, from the cache in `folder` if it is still valid. */
export async function readOrBuildBundle(bot: string, folder: string): Promise<WorkflowBundle> {
  const path = findBot(bot);
  const entryFile = join(folder, `${shortHash(`${import.meta.url} ${path}`)}.json`);
  const cached = readCached(entryFile);
  if (cached) return cached;

  const startedAt = Date.now();
  const { code, files } = await bundleBot(path, { warn: () => {} });
  // The bundle may have the previous content of a file that changed meanwhile.
  if (files.some((file) => statSync(file).mtimeMs >= startedAt)) return { code };
  mkdirSync(folder, { recursive: true });
  const codeFile = `${shortHash(code)}.js`;
  // Two test files may bundle the same bot at once: the second replaces the files with the same content.
  writeAtomically(join(folder, codeFile), code);
  const entry: CacheEntry = { codeFile, files: Object.fromEntries(files.map((file) => [file, versionOf(file)])) };
  writeAtomically(entryFile, JSON.stringify(entry));
  return { code };

  function readCached(file: string): WorkflowBundle | undefined {
    let entry: CacheEntry | undefined;
    try {
      entry = JSON.parse(readFileSync(file, 'utf8')) as CacheEntry;
      const isValid = Object.entries(entry.files).every(([path, version]) => versionOf(path) === version);
      if (isValid) return { code: readFileSync(join(folder, entry.codeFile), 'utf8') };
    } catch {
      return undefined; // never bundled, or deleted
    }
    rmSync(join(folder, entry.codeFile), { force: true });
    return undefined;
  }
}

function versionOf(file: string): string {
  const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: 0 };
  return `${size} ${mtimeMs}`;
}

function writeAtomically(file: string, content: string): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}
