import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Bot } from '../plugins/bot.ts';
import { listenForErrors } from './bundle-errors.ts';
import { EngineError } from './engine-error.ts';
import { tryBundle } from './try-bundle.ts';

/** `.ts` in the repository, `.js` in the package. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const sourceFile = (path: string) => fileURLToPath(new URL(`../${path}${EXTENSION}`, import.meta.url));

/** Whose loops need no counting: ours and the SDK's. */
const TRUSTED = [
  fileURLToPath(new URL('..', import.meta.url)),
  /node_modules[\\/](@temporalio|nexus-rpc|long|protobufjs|ms)[\\/]/,
];

/** The bot's path as the author gave it, made absolute; throws when there is none. */
export function findBot(file: string): string {
  const path = resolve(file);
  if (existsSync(path)) return path;
  throw new EngineError(
    'bot_missing',
    `There is no bot at ${path}. Write one (see README.md), or name another file: everthread dev path/to/bot.ts, or BOT.`,
  );
}

interface Log {
  warn(message: string): void;
}

/**
 * Puts the workflows and the author's bot into one bundle for Temporal's sandbox, and loads it once to see that it
 * can be. The bot may be anywhere and in TypeScript; it imports `everthread` and `everthread/plugins`, which resolve
 * to this very package. Throws with the author's file and line.
 */
export async function bundleBot(botFile: string, log: Log): Promise<WorkflowBundleWithSourceMap> {
  const bot = findBot(botFile);
  const bundle = await bundleWith('workflows/index', bot, log);
  tryBundle(bundle.code, bot);
  return bundle;
}

/**
 * The bot as its file exports it, without any workflow: read the way a worker reads it, so that what is right here is
 * right there. Its objects belong to another realm; take plain data from it and nothing else.
 */
export async function readBot(botFile: string): Promise<Bot> {
  const file = findBot(botFile);
  const { code } = await bundleWith('workflows/bot', file, { warn: () => {} });
  return (tryBundle(code, file) as { readonly bot: Bot }).bot;
}

/** `entry` is the module of ours that the bundle is made of, with the bot behind it. */
async function bundleWith(entry: string, bot: string, log: Log): Promise<WorkflowBundleWithSourceMap> {
  const { plugin, errors } = listenForErrors();
  return bundleWorkflowCode({
    workflowsPath: sourceFile(entry),
    // Loaded once for all conversations: a third less memory for each that is cached. Only for modules that keep nothing.
    preloadModules: ['everthread', 'everthread/plugins'],
    logger: bundlerLog(log),
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, alias: { ...config.resolve?.alias, ...aliases(bot) } },
      module: { ...config.module, rules: [...(config.module?.rules ?? []), loopGuard()] },
      plugins: [...(config.plugins ?? []), plugin],
    }),
  }).catch((error: unknown) => {
    const reasons = errors().length > 0 ? errors().join('\n') : String(error);
    throw new EngineError('bot_invalid', `${basename(bot)} cannot be bundled: ${reasons}`, { cause: error });
  });
}

/** Bare names only: a name with a scheme is refused by webpack. */
function aliases(bot: string): Record<string, string> {
  return {
    '@bot$': bot,
    everthread$: sourceFile('index'),
    'everthread/plugins$': sourceFile('plugins/index'),
  };
}

/** After the types are gone, so that it reads plain JavaScript. */
function loopGuard() {
  return {
    test: /\.[cm]?[jt]sx?$/,
    exclude: TRUSTED,
    enforce: 'post' as const,
    loader: fileURLToPath(new URL('loop-guard.mjs', import.meta.url)),
    options: { budget: sourceFile('workflows/work-budget'), leftAlone: sourceFile('workflows/left-alone') },
  };
}

/** Errors are thrown, in shorter words. */
function bundlerLog(log: Log): Logger {
  const quiet = () => {};
  return { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: (message) => log.warn(message), error: quiet };
}
