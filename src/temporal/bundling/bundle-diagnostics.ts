/** Webpack's errors, in words for the bot's developer. */

import { relative, resolve } from 'node:path';
import type { BundleOptions } from '@temporalio/worker';
import { disallowedModules, moduleMatches } from '@temporalio/worker/lib/workflow/bundler.js';

type Configuration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];
type AnyPlugin = NonNullable<Configuration['plugins']>[number];
/** A webpack plugin that is an object. */
export type WebpackPlugin = Exclude<Extract<AnyPlugin, { apply: unknown }>, (...args: never[]) => unknown>;
/** Webpack's compiler. */
export type Compiler = Parameters<WebpackPlugin['apply']>[0];

type Compilation = ReturnType<Compiler['newCompilation']>;

interface BundleDiagnostics {
  readonly plugin: WebpackPlugin;
  /** Errors, each with file and line. */
  readonly errors: () => readonly string[];
  /** The paths that were read, folders included. */
  readonly paths: () => readonly string[];
  /** Where an import found no file. */
  readonly missing: () => readonly string[];
}

/** Creates a webpack plugin that collects the errors and files of each compilation. */
export function collectDiagnostics(): BundleDiagnostics {
  let errors: string[] = [];
  let paths: string[] = [];
  let missing: string[] = [];
  return {
    errors: () => errors,
    paths: () => paths,
    missing: () => missing,
    plugin: {
      apply(compiler) {
        compiler.hooks.done.tap('everthread', (stats) => {
          const { context } = compiler;
          const { fileDependencies, missingDependencies } = stats.compilation;
          paths = [...fileDependencies];
          missing = [...missingDependencies];
          const found = stats.toJson({ all: false, errors: true, moduleTrace: true, errorDetails: false });
          const complaints = (found.errors ?? []).map((error) => describeError(error as WebpackError, context));
          errors = [...complaints, ...findDisallowedImports(stats.compilation, context)];
        });
      },
    },
  };
}

interface WebpackError {
  readonly message: string;
  readonly moduleName?: string;
  readonly loc?: string;
  readonly moduleTrace?: readonly { readonly originName?: string }[];
}

const NODE_BUILTIN = /Reading from "(node:[^"]+)"|Can't resolve '(node:[^']+)'/;

function describeError({ message, moduleName, loc, moduleTrace }: WebpackError, context: string): string {
  const builtin = NODE_BUILTIN.exec(message);
  if (builtin) {
    const importer = displayPath(moduleTrace?.[0]?.originName ?? 'The bot', context);
    return disallowedImport(importer, builtin[1] ?? builtin[2] ?? '');
  }
  const [first = ''] = message.split(/\n\n+Caused by|\n +at |\nresolve '/);
  const line = loc === undefined ? '' : `:${loc.split('-')[0]}`;
  const words = first
    .replace(/^Module build failed \(from [^)]*\):\n/, '')
    .replace(/^(Module not found: )?Error:\s*/, '');
  return `${displayPath(moduleName ?? 'The bot', context)}${line}: ${words.trim()}`;
}

function disallowedImport(importer: string, what: string): string {
  return `${importer} imports ${what}. A bot decides in a sandbox without Node: move that into activities.ts beside it.`;
}

/** Imports that the SDK leaves out of the bundle; it reports them for the first bundle only. */
function findDisallowedImports({ modules, moduleGraph }: Compilation, context: string): string[] {
  return [...modules].flatMap((module) => {
    const [kind, , request = ''] = module.identifier().split('|');
    if (kind !== 'ignored' || !moduleMatches(request, disallowedModules)) return [];
    const importer = moduleGraph.getIssuer(module)?.nameForCondition() ?? 'The bot';
    return [disallowedImport(displayPath(importer, context), request)];
  });
}

/** A path relative to the working directory, or absolute for a file outside it. */
export function displayPath(path: string, context = process.cwd()): string {
  const absolute = resolve(context, path);
  const fromHere = relative(process.cwd(), absolute);
  return fromHere.startsWith('..') ? absolute : fromHere;
}
