/** Bundles a bot once for all test files; a bundle is cached until the content of one of its files changes. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleBot } from '../../temporal/bundling/bundle-bot.ts';
import { findBot } from '../../temporal/bundling/find-bot.ts';

/** A cached bundle, and the files it was made from. */
interface CacheEntry {
  readonly codeFile: string;
  readonly files: Readonly<Record<string, FileVersion>>;
}

interface FileVersion {
  /** Size and modification time: the same ones mean the same content. */
  readonly stamp: string;
  /** Decides when the stamp is another one, as after a checkout or an installation of packages. */
  readonly hash: string;
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
      const isValid = Object.entries(entry.files).every(([path, version]) => isUnchanged(path, version));
      if (isValid) return { code: readFileSync(join(folder, entry.codeFile), 'utf8') };
    } catch {
      return undefined; // never bundled, or deleted
    }
    rmSync(join(folder, entry.codeFile), { force: true });
    return undefined;
  }
}

function versionOf(file: string): FileVersion {
  return { stamp: stampOf(file), hash: hashOf(file) };
}

function isUnchanged(file: string, { stamp, hash }: FileVersion): boolean {
  return existsSync(file) && (stampOf(file) === stamp || hashOf(file) === hash);
}

function stampOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

function hashOf(file: string): string {
  return shortHash(readFileSync(file));
}

function writeAtomically(file: string, content: string): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

function shortHash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 20);
}
