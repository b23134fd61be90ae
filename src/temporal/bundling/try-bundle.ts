/**
 * Loads a bundle once, the way the sandbox will: what a bot throws while it loads would else fail every workflow task
 * of every conversation, again and again.
 */

import { basename } from 'node:path';
import { createContext, Script } from 'node:vm';
import { TemporalError } from '../temporal-error.ts';
import { isSlow, patternsIn } from './slow-patterns.ts';
import { sourcePlaces, type SourcePlaces } from './source-places.ts';

const FILE_NAME = 'everthread-bot-bundle.js';
const LOADS_WITHIN_MS = 5000;

/**
 * Gives what the workflows' module exports, whose objects belong to another realm. Throws an `EngineError` that says
 * what the author's code said, and where.
 */
export function tryBundle(code: string, bot: string): unknown {
  const places = sourcePlaces(code);
  const exported = load(code, bot, places);
  refuseSlowPatterns(code, bot, places);
  return exported;
}

function load(code: string, bot: string, places: SourcePlaces): unknown {
  const context = createContext({
    URL,
    URLSearchParams,
    TextEncoder,
    TextDecoder,
    AbortController,
    console,
    __webpack_module_cache__: {},
    // What the sandbox's `Date` and `Math.random` ask.
    __TEMPORAL_ACTIVATOR__: {
      now: Date.now(),
      random: () => 0.5,
      currentRandom: () => 0.5,
      info: { workflowType: '', workflowId: '' },
      // Where a replay in this process would note down every promise.
      promiseStackStore: { promiseToStack: new Map(), childToParent: new Map() },
    },
  });
  try {
    new Script(code, { filename: FILE_NAME }).runInContext(context);
    return new Script('__TEMPORAL__.importWorkflows()').runInContext(context, { timeout: LOADS_WITHIN_MS }) as unknown;
  } catch (error) {
    const { message, stack } = errorParts(error);
    const place = placeOf(stack, places);
    throw new TemporalError(
      'bot_invalid',
      `${basename(bot)} cannot be loaded: ${inAuthorsWords(message)}${place ? `\n    at ${place}` : ''}`,
      {
        cause: error,
      },
    );
  }
}

/** `process is not defined`, and a name of the bundler's where the author wrote one of theirs. */
function inAuthorsWords(message: string): string {
  const missing = /^(\w+) is not defined$/.exec(message)?.[1];
  if (missing !== undefined && missing in globalThis) {
    return `${message}. A bot decides in a sandbox without Node: move that into activities.ts beside it.`;
  }
  const called = /^\(0 , \w+__WEBPACK_IMPORTED_MODULE_\d+__\.(\w+)\) is not a function$/.exec(message)?.[1];
  return called === undefined
    ? message
    : `${called} is not a function. What it is imported from has nothing of that name.`;
}

/** An error of another context is no `instanceof` of our `Error`. */
function errorParts(error: unknown): { message: string; stack: string } {
  if (typeof error !== 'object' || error === null || !('message' in error))
    return { message: String(error), stack: '' };
  const { message, stack } = error as Error;
  return { message, stack: stack ?? '' };
}

/** The first line of the author's own files on the way to the error. */
function placeOf(stack: string, places: SourcePlaces): string | undefined {
  for (const [, line, column] of stack.matchAll(new RegExp(`${FILE_NAME}:(\\d+):(\\d+)`, 'g'))) {
    const place = places.at(Number(line) - 1, Number(column) - 1);
    if (place !== undefined) return place;
  }
  return undefined;
}

function refuseSlowPatterns(code: string, bot: string, places: SourcePlaces): void {
  for (const pattern of patternsIn(code)) {
    const before = code.slice(0, pattern.start).split('\n');
    const place = places.at(before.length - 1, before.at(-1)?.length ?? 0);
    if (place === undefined || !isSlow(pattern)) continue;
    throw new TemporalError(
      'bot_invalid',
      `${basename(bot)} cannot be run: the pattern /${pattern.source}/${pattern.flags} takes for ever on a text of 50 characters, and whoever writes one would stop the worker. Write it without a repetition inside a repetition.\n    at ${place}`,
    );
  }
}
