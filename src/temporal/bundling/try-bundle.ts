/**
 * Loads a bundle once, as the sandbox will: a bot that throws while it loads would fail every workflow task of every
 * conversation, again and again.
 */

import { basename } from 'node:path';
import { createContext, Script } from 'node:vm';
import { BotError } from '../../domain/bot-error.ts';
import { isSlowRegex, findRegexes } from './slow-regexes.ts';
import { readSourcePositions, type SourcePositions } from './source-positions.ts';

const FILE_NAME = 'everthread-bot-bundle.js';
const LOAD_TIMEOUT_MS = 5000;

/**
 * Returns the exports of the workflows' module, whose objects belong to another realm. Throws a `BotError` with the
 * error of the developer's code and its position.
 */
export function tryBundle(code: string, bot: string): unknown {
  const places = readSourcePositions(code);
  const exported = loadBundle(code, bot, places);
  rejectSlowRegexes(code, bot, places);
  return exported;
}

function loadBundle(code: string, bot: string, places: SourcePositions): unknown {
  const context = createContext({
    URL,
    URLSearchParams,
    TextEncoder,
    TextDecoder,
    AbortController,
    console,
    __webpack_module_cache__: {},
    // The sandbox's `Date` and `Math.random` read it.
    __TEMPORAL_ACTIVATOR__: {
      now: Date.now(),
      random: () => 0.5,
      currentRandom: () => 0.5,
      info: { workflowType: '', workflowId: '' },
      // A replay in this process would record every promise here.
      promiseStackStore: { promiseToStack: new Map(), childToParent: new Map() },
    },
  });
  try {
    new Script(code, { filename: FILE_NAME }).runInContext(context);
    return new Script('__TEMPORAL__.importWorkflows()').runInContext(context, { timeout: LOAD_TIMEOUT_MS }) as unknown;
  } catch (error) {
    const { message, stack } = readForeignError(error);
    const place = findAuthorPosition(stack, places);
    throw new BotError(
      'bot_invalid',
      `${basename(bot)} cannot be loaded: ${explainForAuthor(message)}${place ? `\n    at ${place}` : ''}`,
      {
        cause: error,
      },
    );
  }
}

/** Explains `process is not defined`, and replaces webpack's names by the developer's. */
function explainForAuthor(message: string): string {
  const missing = /^(\w+) is not defined$/.exec(message)?.[1];
  if (missing !== undefined && missing in globalThis) {
    return `${message}. A bot decides in a sandbox without Node: move that into activities.ts beside it.`;
  }
  const called = /^\(0 , \w+__WEBPACK_IMPORTED_MODULE_\d+__\.(\w+)\) is not a function$/.exec(message)?.[1];
  return called === undefined
    ? message
    : `${called} is not a function. What it is imported from has nothing of that name.`;
}

/** An error of another realm is no `instanceof` our `Error`. */
function readForeignError(error: unknown): { message: string; stack: string } {
  if (typeof error !== 'object' || error === null || !('message' in error))
    return { message: String(error), stack: '' };
  const { message, stack } = error as Error;
  return { message, stack: stack ?? '' };
}

/** The first stack frame in the developer's own files. */
function findAuthorPosition(stack: string, places: SourcePositions): string | undefined {
  for (const [, line, column] of stack.matchAll(new RegExp(`${FILE_NAME}:(\\d+):(\\d+)`, 'g'))) {
    const place = places.at(Number(line) - 1, Number(column) - 1);
    if (place !== undefined) return place;
  }
  return undefined;
}

function rejectSlowRegexes(code: string, bot: string, places: SourcePositions): void {
  for (const pattern of findRegexes(code)) {
    const before = code.slice(0, pattern.start).split('\n');
    const place = places.at(before.length - 1, before.at(-1)?.length ?? 0);
    if (place === undefined || !isSlowRegex(pattern)) continue;
    throw new BotError(
      'bot_invalid',
      `${basename(bot)} cannot be run: the pattern /${pattern.source}/${pattern.flags} takes for ever on a text of 50 characters, and a person who sends one would stop the worker. Write it without a repetition inside a repetition.\n    at ${place}`,
    );
  }
}
