/** Runs the bot and reloads it after every save. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BotBundle, BotBundler } from '../temporal/bundling/bundle-bot.ts';
import { displayPath } from '../temporal/bundling/bundle-diagnostics.ts';
import { findDependencyFiles } from '../temporal/bundling/dependency-files.ts';
import { activityFileCandidates } from '../temporal/bundling/load-activities.ts';
import { watchFiles } from '../temporal/bundling/watch-files.ts';
import type { RunningWorker } from '../worker.ts';

/** The bot, and how to run it. */
export interface LiveBotOptions {
  /** The path of the bot's file. */
  readonly bot: string;
  readonly bundler: BotBundler;
  /** Starts a worker; the previous one is stopped once this one is ready. */
  readonly startWorker: (bundle: BotBundle) => RunningWorker;
  readonly onReload: (reload: BotReload) => void;
}

/** The result of a save; `changed` has the paths of the saved files. */
export type BotReload =
  | {
      /** `unchanged`: the files amount to what already runs. */
      readonly status: 'reloaded' | 'unchanged';
      readonly changed: readonly string[];
      readonly tookMs: number;
    }
  /** The previous bot keeps running. */
  | { readonly status: 'broken'; readonly changed: readonly string[]; readonly problem: string };

/** A bot that is running and reloads. */
export interface LiveBot {
  /** Rejects when the worker fails by itself. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Starts the bot; rejects when it cannot be loaded. Later failures to load are reported to `onReload`. */
export async function startLiveBot({ bot, bundler, startWorker, onReload }: LiveBotOptions): Promise<LiveBot> {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  // It may reject before anybody awaits it.
  failed.catch(() => {});
  let worker: RunningWorker | undefined;
  const draining = new DrainingWorkers();
  let running: string | undefined;
  let changed = new Set<string>();
  /** A file was saved after the last bundle was begun; the watcher starts another reload. */
  let isStale = false;
  let isStopped = false;
  let reloading: Promise<void> | undefined;

  const watch = watchFiles(
    (paths) => {
      for (const path of paths) changed.add(path);
      reloading ??= reload().finally(() => (reloading = undefined));
    },
    () => (isStale = true),
  );

  /** Bundles what is on disk and starts a worker with it. */
  async function load(): Promise<'reloaded' | 'unchanged' | 'stale'> {
    const since = Date.now();
    isStale = false;
    try {
      const bundle = await bundler.bundle();
      if (isStale) return 'stale';
      const fingerprint = fingerprintOf(bundle, bot);
      if (fingerprint === running) return 'unchanged';
      const next = startWorker(bundle);
      next.done.catch((error: unknown) => next === worker && fail(error));
      await next.ready;
      // The new worker polls from here on; the old one finishes its tasks.
      if (worker) draining.add(worker.stop());
      worker = next;
      running = fingerprint;
      return 'reloaded';
    } finally {
      const { files, missing } = bundler.dependencies();
      const activities = activityFilesBehind(bot);
      watch.watch(
        {
          files: [...files, ...activities.files].filter(isAuthors),
          missing: [...missing, ...activities.missing].filter(isAuthors),
        },
        since,
      );
    }
  }

  async function reload(): Promise<void> {
    while (changed.size > 0 && !isStopped) {
      const begunAt = performance.now();
      const paths = changed;
      changed = new Set();
      let result: BotReload | undefined;
      try {
        const status = await load();
        const tookMs = performance.now() - begunAt;
        if (status !== 'stale') result = { status, changed: [...paths], tookMs };
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        if (!isStale) result = { status: 'broken', changed: [...paths], problem };
      }
      if (result) onReload(result);
    }
  }

  try {
    await load();
  } catch (error) {
    watch.close();
    throw error;
  }
  return {
    failed,
    async stop() {
      isStopped = true;
      watch.close();
      await reloading;
      await Promise.all([worker?.stop(), draining.finished()]);
    },
  };
}

/** Workers that are stopping. */
class DrainingWorkers {
  readonly #ends = new Set<Promise<void>>();

  add(end: Promise<void>): void {
    this.#ends.add(end);
    void end.finally(() => this.#ends.delete(end));
  }

  async finished(): Promise<void> {
    await Promise.all(this.#ends);
  }
}

/** False for libraries and for everthread itself: the part outside the bundle would not be reloaded. */
function isAuthors(path: string): boolean {
  return !path.startsWith(EVERTHREAD_SOURCES) && !path.split(sep).includes('node_modules');
}

const EVERTHREAD_SOURCES = fileURLToPath(new URL('..', import.meta.url));

/** A hash of the bundle and the activity files. */
function fingerprintOf({ code }: BotBundle, bot: string): string {
  const hash = createHash('sha256').update(code);
  for (const path of activityFilesBehind(bot).files) {
    const content = readFileSync(path);
    hash.update(`\n${path} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function activityFilesBehind(bot: string): ReturnType<typeof findDependencyFiles> {
  const candidates = activityFileCandidates(bot);
  const file = candidates.find((path) => existsSync(path));
  return file === undefined ? { files: [], missing: candidates } : findDependencyFiles(file);
}

/** The terminal's line after a save; `undefined` when a save changed nothing. */
export function describeReload(reload: BotReload, wasBroken: boolean): string | undefined {
  const files = reload.changed.map((path) => displayPath(path)).join(', ');
  switch (reload.status) {
    case 'reloaded':
      return `Reloaded in ${(reload.tookMs / 1000).toFixed(1)} s (${files}).`;
    case 'unchanged':
      return wasBroken ? 'The bot can be loaded again; it is what runs already.' : undefined;
    case 'broken':
      return `${reload.problem}\nThe bot from before this change goes on. Save again when it is repaired.`;
  }
}
