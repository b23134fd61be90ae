/** The bot at work, brought up to date with every save. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activityFiles } from '../temporal/bundling/author-activities.ts';
import type { BotBundle, BotBundler } from '../temporal/bundling/bundle-bot.ts';
import { filesBehind } from '../temporal/bundling/files-behind.ts';
import { watchFiles } from '../temporal/bundling/watch-files.ts';
import type { RunningWorker } from '../worker.ts';

export interface LiveBotOptions {
  readonly bot: string;
  readonly bundler: BotBundler;
  /** Starts a worker; the one before is stopped when it is ready. */
  readonly work: (bundle: BotBundle) => RunningWorker;
  readonly tell: (news: BotNews) => void;
}

/** What came of a save. */
export type BotNews =
  | {
      /** `unchanged`: the files say again what already runs. */
      readonly status: 'reloaded' | 'unchanged';
      readonly changed: readonly string[];
      readonly tookMs: number;
    }
  /** What ran before goes on. */
  | { readonly status: 'broken'; readonly changed: readonly string[]; readonly problem: string };

export interface LiveBot {
  /** Rejects when the worker failed by itself. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Throws when the bot cannot be loaded to begin with. */
export async function startLiveBot({ bot, bundler, work, tell }: LiveBotOptions): Promise<LiveBot> {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  // Whoever waits for it may come later.
  failed.catch(() => {});
  let worker: RunningWorker | undefined;
  const draining = new Drain();
  let running: string | undefined;
  let changed = new Set<string>();
  /** Something was saved after the last bundle was begun; when the saving is over, there is another round. */
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

  /** Bundles what is on disk and hands the work over to it. */
  async function load(): Promise<'reloaded' | 'unchanged' | 'stale'> {
    const since = Date.now();
    isStale = false;
    try {
      const bundle = await bundler.bundle();
      if (isStale) return 'stale';
      const print = printOf(bundle, bot);
      if (print === running) return 'unchanged';
      const next = work(bundle);
      next.done.catch((error: unknown) => next === worker && fail(error));
      await next.ready;
      // From here on the new one takes up what comes; the old one finishes what it has.
      if (worker) draining.add(worker.stop());
      worker = next;
      running = print;
      return 'reloaded';
    } finally {
      const { files, missing } = bundler.dependencies();
      const acts = activityFilesBehind(bot);
      watch.watch(
        { files: [...files, ...acts.files].filter(isTheirs), missing: [...missing, ...acts.missing].filter(isTheirs) },
        since,
      );
    }
  }

  async function reload(): Promise<void> {
    while (changed.size > 0 && !isStopped) {
      const begunAt = performance.now();
      const paths = changed;
      changed = new Set();
      let news: BotNews | undefined;
      try {
        const status = await load();
        const tookMs = performance.now() - begunAt;
        if (status !== 'stale') news = { status, changed: [...paths], tookMs };
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        if (!isStale) news = { status: 'broken', changed: [...paths], problem };
      }
      if (news) tell(news);
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
      await Promise.all([worker?.stop(), draining.over()]);
    },
  };
}

/** Ends of workers that are waited for; one that has come is forgotten. */
class Drain {
  readonly #ends = new Set<Promise<void>>();

  add(end: Promise<void>): void {
    this.#ends.add(end);
    void end.finally(() => this.#ends.delete(end));
  }

  async over(): Promise<void> {
    await Promise.all(this.#ends);
  }
}

/** Neither libraries nor everthread itself, whose other half would stay as it is. */
function isTheirs(path: string): boolean {
  return !path.startsWith(OURS) && !path.split(sep).includes('node_modules');
}

const OURS = fileURLToPath(new URL('..', import.meta.url));

/** Tells one state of a bot's files from another. */
function printOf({ code }: BotBundle, bot: string): string {
  const hash = createHash('sha256').update(code);
  for (const path of activityFilesBehind(bot).files) {
    const content = readFileSync(path);
    hash.update(`\n${path} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function activityFilesBehind(bot: string): ReturnType<typeof filesBehind> {
  const places = activityFiles(bot);
  const file = places.find((path) => existsSync(path));
  return file === undefined ? { files: [], missing: places } : filesBehind(file);
}
