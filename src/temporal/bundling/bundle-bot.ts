import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  type BundleOptions,
  type Logger as BundlerLogger,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { BotError } from '../../domain/bot-error.ts';
import type { Logger } from '../../logger.ts';
import { neededFields, type WebhookField } from '../../messenger/inbound/webhook-fields.ts';
import type { MessengerProfile } from '../../messenger/profile.ts';
import type { Bot } from '../../plugins/bot.ts';
import type { Broadcast } from '../../plugins/broadcast/index.ts';
import type { Segment } from '../../plugins/segment.ts';
import { neededActivities, type NeededActivity } from './bot-activities.ts';
import { collectDiagnostics } from './bundle-diagnostics.ts';
import { createIncrementalCompiler } from './incremental-compiler.ts';
import { tryBundle } from './try-bundle.ts';

/** `.ts` in the repository, `.js` in the package. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const sourceFile = (path: string) => fileURLToPath(new URL(`../../${path}${EXTENSION}`, import.meta.url));

/**
 * Whose loops need no counting: ours, those of our libraries and the SDK's. A library of ours that was counted would be
 * preloaded with the counter, and all conversations would draw on one budget.
 */
const UNINSTRUMENTED = [
  fileURLToPath(new URL('../..', import.meta.url)),
  /node_modules[\\/](@temporalio|nexus-rpc|long|protobufjs|ms|leven)[\\/]/,
];

/** The bot's path as the author gave it, made absolute; throws when there is none. */
export function findBot(file: string): string {
  const path = resolve(file);
  if (existsSync(path)) return path;
  throw new BotError(
    'bot_missing',
    `There is no bot at ${path}. Write one (see README.md), or name another file: everthread dev path/to/bot.ts, or BOT.`,
  );
}

/** What is to be arranged with Meta for a bot, as plain data. */
export interface BotFacts {
  /** Webhook fields: the usual ones, and those its plugins need. */
  readonly fields: readonly WebhookField[];
  readonly profile?: MessengerProfile;
  readonly sequences: readonly { readonly name: string; readonly version: number }[];
  /** Questions about all people, and what can be told to them. */
  readonly segments?: Readonly<Record<string, Segment>>;
  readonly broadcasts?: readonly BroadcastFacts[];
  /** What it calls in `activities.ts`. */
  readonly activities: readonly NeededActivity[];
}

/** A broadcast without its code. */
export type BroadcastFacts = Omit<Broadcast, 'sequence'>;

export interface BotBundle extends WorkflowBundleWithSourceMap {
  readonly facts: BotFacts;
  /** Every file that went into it: when none of them changes, it stays the same. */
  readonly files: readonly string[];
}

export interface BundlingOptions {
  /** Everything stays in memory for the next bundle: some 100 MB. */
  readonly isIncremental?: boolean;
  /** For a replay that tells what the code asks for (`workflows/injected/command-recorder.ts`). */
  readonly recordsCommands?: boolean;
}

/** Bundles one bot again and again. */
export interface BotBundler {
  /**
   * Puts the workflows and the author's bot, as it is on disk, into one bundle for Temporal's sandbox, and loads it once
   * to see that it can be. Throws with the author's file and line. One at a time.
   */
  bundle(): Promise<BotBundle>;
  /** What the last bundle depends on, whether it could be made or not. */
  dependencies(): BundleDependencies;
  close(): Promise<void>;
}

/** Paths of files; those of libraries and of everthread itself are among them. */
export interface BundleDependencies {
  readonly files: readonly string[];
  /** Where a file was looked for and was not: one that appears there may change the bundle. */
  readonly missing: readonly string[];
}

/** Bundles a bot once. */
export async function bundleBot(
  botFile: string,
  log: Pick<Logger, 'warn'>,
  options: BundlingOptions = {},
): Promise<BotBundle> {
  const bundler = createBotBundler(botFile, log, options);
  try {
    return await bundler.bundle();
  } finally {
    await bundler.close();
  }
}

/**
 * The bot may be anywhere and in TypeScript; it imports `everthread` and `everthread/plugins`, which resolve to this very
 * package.
 */
export function createBotBundler(
  botFile: string,
  log: Pick<Logger, 'warn'>,
  options: BundlingOptions = {},
): BotBundler {
  const { isIncremental = false, recordsCommands = false } = options;
  const bot = findBot(botFile);
  const { plugin, errors, paths, missing } = collectDiagnostics();
  const compiler = createIncrementalCompiler();

  async function compile(): Promise<WorkflowBundleWithSourceMap> {
    if (!compiler.isReady()) return bundleWorkflowCode(bundling);
    const code = await compiler.compile();
    if (errors().length > 0) throw new Error('It has errors.');
    return { code, sourceMap: '' };
  }

  const bundling: BundleOptions = {
    workflowsPath: sourceFile('workflows/index'),
    // Loaded once for all conversations: a third less memory for each that is cached. Only for modules that keep nothing.
    preloadModules: ['everthread', 'everthread/plugins'],
    logger: toBundlerLogger(log),
    ...(recordsCommands && { workflowInterceptorModules: [sourceFile('workflows/injected/command-recorder')] }),
    webpackConfigHook: (config) => ({
      ...config,
      ...(isIncremental && { cache: { type: 'memory', maxGenerations: 2 } }),
      resolve: { ...config.resolve, alias: { ...config.resolve?.alias, ...moduleAliases(bot) } },
      module: { ...config.module, rules: [...(config.module?.rules ?? []), instrumentationRule()] },
      plugins: [...(config.plugins ?? []), plugin, ...(isIncremental ? [compiler.plugin] : [])],
    }),
  };
  const dependencies = () => ({ files: paths().filter(isFile), missing: missing() });

  return {
    async bundle() {
      findBot(bot);
      const bundle = await compile().catch((error: unknown) => {
        const reasons = errors().length > 0 ? errors().join('\n') : String(error);
        throw new BotError('bot_invalid', `${basename(bot)} cannot be bundled: ${reasons}`, { cause: error });
      });
      const exported = tryBundle(bundle.code, bot) as { readonly bot: Bot };
      return { ...bundle, facts: toFacts(exported.bot), files: dependencies().files };
    },
    dependencies,
    close: () => compiler.close(),
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The same for who only wants to know what to arrange: no Temporal is needed for it. */
export async function readBot(botFile: string): Promise<BotFacts> {
  return (await bundleBot(botFile, { warn: () => {} })).facts;
}

/** Copies, because the bot's own objects would keep their realm alive. */
function toFacts(bot: Bot): BotFacts {
  const { profile, segments, broadcasts } = bot;
  const facts = {
    fields: neededFields(bot),
    activities: neededActivities(bot),
    sequences: [...(bot.sequences ?? []), ...(broadcasts ?? []).map(({ sequence }) => sequence)].map(
      ({ name, version = 1 }) => ({ name, version }),
    ),
    ...(profile && { profile }),
    ...(segments && { segments }),
    ...(broadcasts && { broadcasts: broadcasts.map(({ sequence: _, ...rest }) => rest) }),
  };
  return JSON.parse(JSON.stringify(facts)) as BotFacts;
}

/** Bare names only: a name with a scheme is refused by webpack. */
function moduleAliases(bot: string): Record<string, string> {
  return {
    '@bot$': bot,
    everthread$: sourceFile('index'),
    'everthread/plugins$': sourceFile('plugins/index'),
  };
}

/** After the types are gone, so that it reads plain JavaScript. */
function instrumentationRule() {
  return {
    test: /\.[cm]?[jt]sx?$/,
    exclude: UNINSTRUMENTED,
    enforce: 'post' as const,
    loader: fileURLToPath(new URL('instrument-loader.mjs', import.meta.url)),
    options: {
      stepBudget: sourceFile('workflows/injected/step-budget'),
      floatingPromise: sourceFile('workflows/injected/floating-promise'),
    },
  };
}

/** Errors are thrown, in shorter words. */
function toBundlerLogger(log: Pick<Logger, 'warn'>): BundlerLogger {
  const quiet = () => {};
  return {
    log: quiet,
    trace: quiet,
    debug: quiet,
    info: quiet,
    warn: (message) => log.warn({}, message),
    error: quiet,
  };
}
