/**
 * Loads a bundle once, as the sandbox will: a bot that throws while it loads would fail every workflow task of every
 * conversation, again and again.
 */

import { basename } from 'node:path';
import { createContext, Script } from 'node:vm';
import { parse, type Program } from 'acorn';
import { BotError } from '../../domain/bot-error.ts';
import type { Bot } from '../../plugins/bot.ts';
import { enableLinearPatterns } from '../linear-patterns.ts';
import { findWrongNames, type WrongName } from './check-names.ts';
import { findNamedCalls, findWord } from './named-calls.ts';
import { sandboxCure } from './sandbox-cures.ts';
import { readSourcePositions, type SourcePositions } from './source-positions.ts';
import { findUnboundPatterns } from './unbound-patterns.ts';

const FILE_NAME = 'everthread-bot-bundle.js';
const LOAD_TIMEOUT_MS = 5000;

/**
 * Returns the bot, whose objects belong to another realm. Throws a `BotError` with the error of the developer's code and its
 * position. `warn` gets a sentence for each line that reads the clock meanwhile.
 */
export function tryBundle(code: string, bot: string, warn: (words: string) => void): Bot {
  const source: BundledSource = {
    code,
    places: readSourcePositions(code),
    program: () => (program ??= parse(code, { ecmaVersion: 'latest' })),
  };
  let program: Program | undefined;
  enableLinearPatterns();
  const clockReads: string[] = [];
  const exported = loadBundle(source, bot, clockReads);
  rejectUnboundPatterns(source, bot);
  rejectWrongNames(source, bot, exported);
  for (const place of new Set(clockReads.flatMap((stack) => findDeveloperPosition(stack, source.places) ?? []))) {
    warn(
      `${place} reads the clock while the bot is loaded, which happens again for each conversation: that is not the time of a message. Take the time from ctx.now in a hook, or from seq.now in a sequence.`,
    );
  }
  return exported;
}

/** A bundle, and how to find the developer's lines in it. */
interface BundledSource {
  readonly code: string;
  readonly places: SourcePositions;
  readonly program: () => Program;
}

function loadBundle(source: BundledSource, bot: string, clockReads: string[]): Bot {
  const { code } = source;
  const loadedAt = Date.now();
  const modules: LoadedModules = { shared: {} };
  let isLoadedAgain = false;
  const globals = {
    URL,
    URLSearchParams,
    TextEncoder,
    TextDecoder,
    AbortController,
    console,
    __webpack_module_cache__: createModuleCache(modules),
    // The sandbox's `Date` and `Math.random` read it.
    __TEMPORAL_ACTIVATOR__: {
      get now() {
        clockReads.push(new Error('clock').stack ?? '');
        return loadedAt;
      },
      random: () => 0.5,
      currentRandom: () => 0.5,
      info: { workflowType: '', workflowId: '' },
      // A replay in this process would record every promise here.
      promiseStackStore: { promiseToStack: new Map(), childToParent: new Map() },
    },
  };
  const context = createContext(globals, { codeGeneration: { strings: false, wasm: false } });
  const run = (script: string): unknown => new Script(script).runInContext(context, { timeout: LOAD_TIMEOUT_MS });
  try {
    new Script(code, { filename: FILE_NAME }).runInContext(context);
    run('__TEMPORAL__.preloadModules()');
    modules.own = {};
    const { bot: loaded } = run('__TEMPORAL__.importWorkflows()') as { readonly bot?: Bot };
    // For the second conversation the bot's modules are evaluated again, in the same realm.
    modules.own = {};
    run('delete globalThis.everthreadOwnModules');
    isLoadedAgain = true;
    if (loaded && run('__TEMPORAL__.importWorkflows()')) return loaded;
    throw new Error(
      'It awaits something at the top of a file. A bot is loaded at once: await in a hook, in a sequence, or in activities.ts',
    );
  } catch (error) {
    const { message, stack, wrongName } = readForeignError(error);
    const place =
      (wrongName === undefined ? undefined : placeOf(source, { name: wrongName, problem: message })) ??
      findDeveloperPosition(stack, source.places);
    throw new BotError(
      'bot_invalid',
      `${basename(bot)} cannot be loaded: ${explainForDeveloper(message)}${isLoadedAgain ? LOADED_AGAIN : ''}${place ? `\n    at ${place}` : ''}`,
      {
        cause: error,
      },
    );
  }
}

const LOADED_AGAIN =
  "\nThis happened when it was loaded a second time, as for each new conversation. JavaScript's built-in objects are frozen by then, and what was added to them is there: add a polyfill only where it is missing.";

/** The modules of a bundle that are evaluated: those that all workflows share, and those of one workflow, once it exists. */
interface LoadedModules {
  readonly shared: Record<string, unknown>;
  own?: Record<string, unknown>;
}

/** The cache of modules, as the SDK keeps it (`@temporalio/worker/lib/workflow/reusable-vm.js`). */
function createModuleCache(modules: LoadedModules): object {
  return new Proxy(
    {},
    {
      get: (_, name: string) => modules.shared[name] ?? modules.own?.[name],
      set: (_, name: string, module: unknown) => Reflect.set(modules.own ?? modules.shared, name, module),
    },
  );
}

/** Explains `process is not defined`, and replaces webpack's names by the developer's. */
function explainForDeveloper(message: string): string {
  const missing = /^(\w+) is not defined$/.exec(message)?.[1];
  const cure = missing === undefined ? undefined : sandboxCure(missing);
  if (cure !== undefined) return `${message}. ${cure}.`;
  const called = /^\(0 , \w+__WEBPACK_IMPORTED_MODULE_\d+__\.(\w+)\) is not a function$/.exec(message)?.[1];
  return called === undefined
    ? message
    : `${called} is not a function. What it is imported from has nothing of that name.`;
}

/** An error of another realm is no `instanceof` our `Error`. */
function readForeignError(error: unknown): { message: string; stack: string; wrongName?: string } {
  if (typeof error !== 'object' || error === null || !('message' in error))
    return { message: String(error), stack: '' };
  const { message, stack, wrongName } = error as BotError;
  return { message, stack: stack ?? '', ...(wrongName !== undefined && { wrongName }) };
}

/** The first stack frame in the developer's own files. */
function findDeveloperPosition(stack: string, places: SourcePositions): string | undefined {
  for (const [, line, column] of stack.matchAll(new RegExp(`${FILE_NAME}:(\\d+):(\\d+)`, 'g'))) {
    const place = places.at(Number(line) - 1, Number(column) - 1);
    if (place !== undefined) return place;
  }
  return undefined;
}

/** Throws one error that names all of them. */
function rejectWrongNames(source: BundledSource, bot: string, exported: Bot): void {
  const calls = findNamedCalls(source.program());
  const foreign = calls.filter(({ start }) => source.places.isForeign(...positionOf(source, start)));
  const own = foreign.filter(({ start }) => source.places.at(...positionOf(source, start)) !== undefined);
  const wrong = findWrongNames(exported, { own, ofLibraries: foreign.filter((call) => !own.includes(call)) });
  if (wrong.length === 0) return;
  const lines = wrong.map((name) => {
    const place = placeOf(source, name);
    return `${name.problem}${place === undefined ? '' : `\n    at ${place}`}`;
  });
  throw new BotError('bot_invalid', `${basename(bot)} cannot be run: ${lines.join('\n')}`);
}

/** Where a wrong name stands in the developer's files: at its call, else where the word occurs first. */
function placeOf(source: BundledSource, { name, start }: WrongName): string | undefined {
  const offsets = start === undefined ? findWord(source.program(), name) : [start];
  for (const offset of offsets) {
    const place = source.places.at(...positionOf(source, offset));
    if (place !== undefined) return place;
  }
  return undefined;
}

/** Line and column of an offset, from 0. */
function positionOf({ code }: BundledSource, offset: number): [line: number, column: number] {
  const before = code.slice(0, offset).split('\n');
  return [before.length - 1, before.at(-1)?.length ?? 0];
}

function rejectUnboundPatterns(source: BundledSource, bot: string): void {
  for (const { problem, start } of findUnboundPatterns(source.program())) {
    const place = source.places.at(...positionOf(source, start));
    // A library may contain one that never sees a text of a person; if it does, that fails the hook.
    if (place === undefined) continue;
    throw new BotError('bot_invalid', `${basename(bot)} cannot be run: ${problem}\n    at ${place}`);
  }
}
