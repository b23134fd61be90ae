/** A bot is bundled once for all test files: the bundle is kept until a file changes that went into it. */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleBot, findBot } from '../temporal/bundling/bundle-bot.ts';

/** What was bundled, and from what: files with their sizes and ages. */
interface Entry {
  readonly codeFile: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Gives the bot's bundle, from `folder` if it is there and still true. */
export async function bundleOnce(bot: string, folder: string): Promise<WorkflowBundle> {
  const path = findBot(bot);
  const entryFile = join(folder, `${shortHash(`${import.meta.url} ${path}`)}.json`);
  const known = readEntry(entryFile);
  if (known) return known;

  const startedAt = Date.now();
  const { code, files } = await bundleBot(path, { warn: () => {} });
  // A file that changed meanwhile may be in the bundle as it was before.
  if (files.some((file) => statSync(file).mtimeMs >= startedAt)) return { code };
  mkdirSync(folder, { recursive: true });
  const codeFile = `${shortHash(code)}.js`;
  // Two test files may bundle the same bot at once: whoever comes second puts the same in its place.
  writeWhole(join(folder, codeFile), code);
  const entry: Entry = { codeFile, files: Object.fromEntries(files.map((file) => [file, ageOf(file)])) };
  writeWhole(entryFile, JSON.stringify(entry));
  return { code };

  function readEntry(file: string): WorkflowBundle | undefined {
    let entry: Entry | undefined;
    try {
      entry = JSON.parse(readFileSync(file, 'utf8')) as Entry;
      const isTrue = Object.entries(entry.files).every(([one, age]) => ageOf(one) === age);
      if (isTrue) return { code: readFileSync(join(folder, entry.codeFile), 'utf8') };
    } catch {
      return undefined; // never bundled, or somebody cleans up
    }
    rmSync(join(folder, entry.codeFile), { force: true });
    return undefined;
  }
}

function ageOf(file: string): string {
  const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: 0 };
  return `${size} ${mtimeMs}`;
}

function writeWhole(file: string, content: string): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}
