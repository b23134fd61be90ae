/**
 * Loads a bundle once, the way the sandbox will: what a bot throws while it loads would else fail every workflow task
 * of every conversation, again and again.
 */
import { SourceMap } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { fileName } from './bundle-errors.ts';
import { EngineError } from './engine-error.ts';

const FILE_NAME = 'everthread-bot-bundle.js';
const LOADS_WITHIN_MS = 5000;
const OURS = fileURLToPath(new URL('..', import.meta.url));

/** Throws an `EngineError` that says what the author's code said, and where. */
export function tryBundle(code: string, bot: string): void {
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
    },
  });
  try {
    new Script(code, { filename: FILE_NAME }).runInContext(context);
    new Script('__TEMPORAL__.importWorkflows()').runInContext(context, { timeout: LOADS_WITHIN_MS });
  } catch (error) {
    const { message, stack } = errorParts(error);
    const place = placeOf(stack, code);
    throw new EngineError(
      'bot_invalid',
      `${basename(bot)} cannot be loaded: ${message}${place ? `\n    at ${place}` : ''}`,
      {
        cause: error,
      },
    );
  }
}

/** An error of another context is no `instanceof` of our `Error`. */
function errorParts(error: unknown): { message: string; stack: string } {
  if (typeof error !== 'object' || error === null || !('message' in error))
    return { message: String(error), stack: '' };
  const { message, stack } = error as Error;
  return { message, stack: stack ?? '' };
}

/** The first line of the author's own files on the way to the error. */
function placeOf(stack: string, code: string): string | undefined {
  const map = sourceMapIn(code);
  if (!map) return undefined;
  for (const [, line, column] of stack.matchAll(new RegExp(`${FILE_NAME}:(\\d+):(\\d+)`, 'g'))) {
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry) || isOurs(entry.originalSource)) continue;
    return `${fileName(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
  return undefined;
}

function isOurs(source: string): boolean {
  return source.startsWith(OURS) || source.includes('node_modules') || source.startsWith('webpack');
}

function sourceMapIn(code: string): SourceMap | undefined {
  const base64 = /\/\/# sourceMappingURL=data:application\/json;[^,]*base64,(\S+)\s*$/.exec(
    code.slice(code.lastIndexOf('\n//# ')),
  )?.[1];
  if (base64 === undefined) return undefined;
  return new SourceMap(
    JSON.parse(Buffer.from(base64, 'base64').toString()) as ConstructorParameters<typeof SourceMap>[0],
  );
}
