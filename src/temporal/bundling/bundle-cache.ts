/** Keeps the bundle of a bot on disk until the content of one of its files changes: bundling takes seconds of a processor. */

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConsoleOutput } from '../../console-output.ts';
import type { BotBundle, BundlingOptions } from './bundle-bot.ts';

/** What a person is told while a bot is bundled: a warning, or what the bot prints when it is loaded. */
export type BundlingNote =
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'output'; readonly output: ConsoleOutput };

/** A bundle, and what was said while it was made. */
export interface NotedBundle {
  readonly bundle: BotBundle;
  readonly notes: readonly BundlingNote[];
}

/** One file of the cache. */
interface Entry extends NotedBundle {
  /** By the path of each file that went into the bundle. */
  readonly versions: Readonly<Record<string, FileVersion>>;
}

interface FileVersion {
  /** Size and modification time: the same ones mean the same content. */
  readonly stamp: string;
  /** Decides when the stamp is another one, as after a checkout or an installation of packages. */
  readonly hash: string;
}

/** Those used last stay. A bundle has some 3 MB. */
const MAX_ENTRIES = 30;

/**
 * Resolves to the bundle of `bot` (its absolute path) from the cache in `folder`, if all its files are as they were; else
 * builds it, with these options, and puts it there. A cache that cannot be read or written costs the time of a bundling.
 */
export async function reuseBundle(
  bot: string,
  folder: string,
  build: () => Promise<NotedBundle>,
  options: BundlingOptions = {},
): Promise<NotedBundle> {
  const key = [process.version, import.meta.url, ownCode(), JSON.stringify(options), bot].join(' ');
  const file = join(folder, `${shortHash(key)}.json`);
  const cached = readEntry(file);
  if (cached) return cached;
  const startedAt = Date.now();
  const built = await build();
  try {
    writeEntry(file, built, startedAt);
  } catch {
    // A folder that is read-only, a full disk, or a file that is gone again: the next start bundles.
  }
  return built;
}

function readEntry(file: string): NotedBundle | undefined {
  try {
    const { bundle, notes, versions } = JSON.parse(readFileSync(file, 'utf8')) as Entry;
    const isValid =
      Object.entries(versions).every(([path, version]) => isUnchanged(path, version)) &&
      !bundle.missing.some((path) => existsSync(path));
    if (!isValid) return undefined;
    const now = new Date();
    utimesSync(file, now, now);
    return { bundle, notes };
  } catch {
    return undefined; // never bundled, deleted, or damaged
  }
}

function writeEntry(file: string, { bundle, notes }: NotedBundle, startedAt: number): void {
  // The bundle may have the previous content of a file that changed meanwhile.
  if (bundle.files.some((path) => statSync(path).mtimeMs >= startedAt)) return;
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const versions = Object.fromEntries(bundle.files.map((path) => [path, versionOf(path)]));
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify({ bundle, notes, versions } satisfies Entry), { mode: 0o600 });
  // Two processes may bundle the same bot at once: the second replaces the entry with the same content.
  renameSync(unfinished, file);
  dropOldEntries(folder);
}

function dropOldEntries(folder: string): void {
  const entries = readdirSync(folder).map((name) => join(folder, name));
  if (entries.length <= MAX_ENTRIES) return;
  const oldestFirst = entries
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((one, other) => one.at - other.at);
  for (const { path } of oldestFirst.slice(0, -MAX_ENTRIES)) rmSync(path, { force: true });
}

/** A hash of the code beside this file: it decides what a bundle becomes, and is in none. */
function ownCode(): string {
  const folder = dirname(fileURLToPath(import.meta.url));
  const names = readdirSync(folder).toSorted();
  return shortHash(names.map((name) => hashOf(join(folder, name))).join(' '));
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

function shortHash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 20);
}
