import { basename } from 'node:path';
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
import { scheduleOf, type Broadcast } from '../../plugins/broadcast/index.ts';
import type { Duration } from '../../plugins/duration.ts';
import type { Segment } from '../../plugins/segment.ts';
import { FAILURE_CONVERTER_PATH } from '../encryption/data-converter.ts';
import { neededActivities, type NeededActivity } from './bot-activities.ts';
import { collectDiagnostics } from './bundle-diagnostics.ts';
import { isFile } from './dependency-files.ts';
import { findBot } from './find-bot.ts';
import { createIncrementalCompiler } from './incremental-compiler.ts';
import { tryBundle } from './try-bundle.ts';

/** `.ts` in the repository, `.js` in the package. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const sourceFile = (path: string) => fileURLToPath(new URL(`../../${path}${EXTENSION}`, import.meta.url));

/**
 * Code that is not instrumented: ours, our libraries and the SDK. The preloaded modules would load the step counter with
 * them, and all conversations would share one budget.
 */
const UNINSTRUMENTED = [
  fileURLToPath(new URL('../..', import.meta.url)),
  /node_modules[\\/](@temporalio|nexus-rpc|long|protobufjs|ms|leven)[\\/]/,
];

/**
 * Evaluated once for all workflows of a thread, and frozen: less memory for each cached conversation, and less work for a new
 * one. What they import is shared too, so none of it may keep state, import the bot or spend steps
 * (`workflows/own-modules.ts`).
 */
export const SHARED_MODULES = [
  // First: the others find the realm as it is prepared.
  sourceFile('workflows/realm'),
  sourceFile('workflows/payload-converter'),
  'everthread',
  'everthread/plugins',
  ...['conversation', 'sequence', 'broadcast'].map((name) => sourceFile(`workflows/${name}/index`)),
];

/** What other processes need to know of a bot, as plain data. */
export interface BotFacts {
  /** Webhook fields: the usual ones, and those its plugins need. */
  readonly fields: readonly WebhookField[];
  readonly profile?: MessengerProfile;
  /** Words that its plugins answer, in their order, each once. */
  readonly wordsToTry?: readonly string[];
  /** The names of its plugins; missing in a bundle of an older version. */
  readonly plugins?: readonly string[];
  readonly sequences: readonly { readonly name: string; readonly version: number }[];
  /** Which people a broadcast can reach. */
  readonly segments?: Readonly<Record<string, Segment>>;
  readonly broadcasts?: readonly BroadcastFacts[];
  /** How long the bot is silent after an operator's message. Missing: the default. */
  readonly silentAfterHuman?: Duration;
  /** The activities that it calls in `activities.ts`. */
  readonly activities: readonly NeededActivity[];
}

/** A broadcast without its code. */
export type BroadcastFacts = Omit<Broadcast, 'sequence'>;

/** A bot bundled with the workflows. */
export interface BotBundle extends WorkflowBundleWithSourceMap {
  readonly facts: BotFacts;
  /** Every file that went into it: while none changes, the bundle stays the same. */
  readonly files: readonly string[];
  /** Where an import found no file: one that appears there may change the bundle. */
  readonly missing: readonly string[];
}

/** How to bundle. */
export interface BundlingOptions {
  /** Whether to keep the compilation in memory for the next bundle: some 100 MB. Default: no. */
  readonly isIncremental?: boolean;
  /** Whether a replay records the commands of the code (`workflows/injected/command-recorder.ts`). Default: no. */
  readonly recordsCommands?: boolean;
  /** Whether the words of failures are put into payloads, which are encrypted. Default: no. */
  readonly hidesFailures?: boolean;
}

/** Bundles one bot again and again. */
export interface BotBundler {
  /**
   * Puts the workflows and the developer's bot, as it is on disk, into one bundle for Temporal's sandbox, and loads it once
   * to see that it can be. Throws with the developer's file and line. One at a time.
   */
  bundle(): Promise<BotBundle>;
  /** What the last bundle depends on, whether it could be made or not. */
  dependencies(): BundleDependencies;
  close(): Promise<void>;
}

/** Paths of files; those of libraries and of everthread itself are among them. */
export interface BundleDependencies {
  readonly files: readonly string[];
  /** Where an import found no file: one that appears there may change the bundle. */
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
  const { isIncremental = false, recordsCommands = false, hidesFailures = false } = options;
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
    preloadModules: SHARED_MODULES,
    payloadConverterPath: sourceFile('workflows/payload-converter'),
    ...(hidesFailures && { failureConverterPath: FAILURE_CONVERTER_PATH }),
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
      const loaded = tryBundle(bundle.code, bot, (words) => log.warn({}, words));
      return { ...bundle, facts: toFacts(loaded), ...dependencies() };
    },
    dependencies,
    close: () => compiler.close(),
  };
}

/** Copies the facts, because the bot's own objects would keep their realm in memory. */
function toFacts(bot: Bot): BotFacts {
  const { profile, segments, broadcasts, silentAfterHuman } = bot;
  const wordsToTry = new Set(bot.plugins.flatMap((plugin) => plugin.wordsToTry ?? []));
  const facts = {
    fields: neededFields(bot),
    activities: neededActivities(bot),
    ...(wordsToTry.size > 0 && { wordsToTry: [...wordsToTry] }),
    plugins: bot.plugins.map(({ name }) => name),
    sequences: [...(bot.sequences ?? []), ...(broadcasts ?? []).map(({ sequence }) => sequence)].map(
      ({ name, version = 1 }) => ({ name, version }),
    ),
    ...(profile && { profile }),
    ...(silentAfterHuman !== undefined && { silentAfterHuman }),
    ...(segments && { segments }),
    ...(broadcasts && { broadcasts: broadcasts.map((broadcast) => toBroadcastFacts(broadcast, bot)) }),
  };
  return JSON.parse(JSON.stringify(facts)) as BotFacts;
}

function toBroadcastFacts(broadcast: Broadcast, { quietHours }: Bot): BroadcastFacts {
  const { sequence: _, ...facts } = broadcast;
  const every = scheduleOf(broadcast, quietHours);
  return { ...facts, ...(every && { every }) };
}

/** Bare names only: webpack rejects a name with a scheme. */
function moduleAliases(bot: string): Record<string, string> {
  return {
    '@bot$': bot,
    everthread$: sourceFile('index'),
    'everthread/plugins$': sourceFile('plugins/index'),
  };
}

/** Runs after the types are stripped, on plain JavaScript. */
function instrumentationRule() {
  return {
    test: /\.[cm]?[jt]sx?$/,
    exclude: UNINSTRUMENTED,
    enforce: 'post' as const,
    loader: fileURLToPath(new URL('instrument-loader.mjs', import.meta.url)),
    options: {
      stepBudget: sourceFile('workflows/injected/step-budget'),
    },
  };
}

/** Drops errors, which `bundle` throws in shorter words. */
function toBundlerLogger(log: Pick<Logger, 'warn'>): BundlerLogger {
  const ignore = () => {};
  return {
    log: ignore,
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: (message) => log.warn({}, message),
    error: ignore,
  };
}
