import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { EngineError } from './engine-error.ts';

/** `.ts` in the repository, `.js` in the package. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const sourceFile = (path: string) => fileURLToPath(new URL(`../${path}${EXTENSION}`, import.meta.url));

/** Whose loops need no counting: ours and the SDK's. */
const TRUSTED = [
  fileURLToPath(new URL('..', import.meta.url)),
  /node_modules[\\/](@temporalio|long|protobufjs|ms)[\\/]/,
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

/**
 * Puts the workflows and the author's bot into one bundle for Temporal's sandbox. The bot may be anywhere and in
 * TypeScript; it imports `everthread` and `everthread/plugins`, which resolve to this very package.
 */
export async function bundleBot(
  botFile: string,
  log: { warn(message: string): void; error(message: string): void },
): Promise<WorkflowBundleWithSourceMap> {
  const bot = findBot(botFile);
  return bundleWorkflowCode({
    workflowsPath: sourceFile('workflows/index'),
    logger: {
      log: () => {},
      trace: () => {},
      debug: () => {},
      info: () => {},
      warn: (message) => log.warn(message),
      error: (message) => log.error(message),
    },
    webpackConfigHook: (config) => ({
      ...config,
      resolve: {
        ...config.resolve,
        alias: {
          ...config.resolve?.alias,
          '@bot$': bot,
          everthread$: sourceFile('index'),
          'everthread/plugins$': sourceFile('plugins/index'),
        },
      },
      module: {
        ...config.module,
        rules: [
          ...(config.module?.rules ?? []),
          {
            test: /\.[cm]?[jt]sx?$/,
            exclude: TRUSTED,
            enforce: 'post',
            loader: fileURLToPath(new URL('loop-guard.mjs', import.meta.url)),
            options: { budgetModule: sourceFile('workflows/work-budget') },
          },
        ],
      },
    }),
  });
}
