/** What the bundler complains of, in words for the bot's author. */
import { relative, resolve } from 'node:path';
import type { BundleOptions } from '@temporalio/worker';

type Configuration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];
export type WebpackPlugin = Extract<NonNullable<Configuration['plugins']>[number], { apply: unknown }>;

interface Listening {
  readonly plugin: WebpackPlugin;
  /** What went wrong, with file and line. */
  readonly errors: () => readonly string[];
  /** The paths that were read, folders among them. */
  readonly paths: () => readonly string[];
}

/** Listens to the bundler. */
export function listenToBundler(): Listening {
  let errors: string[] = [];
  let paths: string[] = [];
  return {
    errors: () => errors,
    paths: () => paths,
    plugin: {
      apply(compiler) {
        compiler.hooks.done.tap('everthread', (stats) => {
          const { context } = compiler;
          paths = [...stats.compilation.fileDependencies];
          const found = stats.toJson({ all: false, errors: true, moduleTrace: true, errorDetails: false });
          errors = (found.errors ?? []).map((error) => sentence(error as Complaint, context));
        });
      },
    },
  };
}

interface Complaint {
  readonly message: string;
  readonly moduleName?: string;
  readonly loc?: string;
  readonly moduleTrace?: readonly { readonly originName?: string }[];
}

const NODE_BUILTIN = /Reading from "(node:[^"]+)"|Can't resolve '(node:[^']+)'/;

function sentence({ message, moduleName, loc, moduleTrace }: Complaint, context: string): string {
  const builtin = NODE_BUILTIN.exec(message);
  if (builtin) {
    const importer = fileName(moduleTrace?.[0]?.originName ?? 'The bot', context);
    return `${importer} imports ${builtin[1] ?? builtin[2]}. A bot decides in a sandbox without Node: move that into activities.ts beside it.`;
  }
  const [first = ''] = message.split(/\n\n+Caused by|\n +at |\nresolve '/);
  const line = loc === undefined ? '' : `:${loc.split('-')[0]}`;
  const words = first
    .replace(/^Module build failed \(from [^)]*\):\n/, '')
    .replace(/^(Module not found: )?Error:\s*/, '');
  return `${fileName(moduleName ?? 'The bot', context)}${line}: ${words.trim()}`;
}

/** From where the command runs, or absolute for a file that lies elsewhere. */
export function fileName(path: string, context = process.cwd()): string {
  const absolute = resolve(context, path);
  const fromHere = relative(process.cwd(), absolute);
  return fromHere.startsWith('..') ? absolute : fromHere;
}
