import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleBot } from '../../src/temporal/bundling/bundle-bot.ts';

/** A binding that can change, or a collection that begins empty: state that every conversation of a thread would share. */
const STATE =
  /^(?:export )?(?:let |var |const \w+(?:: [^=]+)? = (?:new (?:Map|Set|WeakMap|WeakSet)(?:<.*>)?\(\)|\[\]|\{\});)/m;

describe('modules that all workflows of a thread share', () => {
  let shared: string[];

  beforeAll(async () => {
    const { code } = await bundleBot('test/support/bots/faq/bot.ts', { warn: () => {} });
    const cache = {};
    const context = createContext({ __webpack_module_cache__: cache, AbortController, TextEncoder, TextDecoder, URL });
    new Script(code).runInContext(context);
    new Script('__TEMPORAL__.preloadModules()').runInContext(context);
    shared = Object.keys(cache).map((name) => name.replaceAll('\\', '/'));
  });

  test('are the workflows and the plugins of everthread', () => {
    expect(shared).toEqual(
      expect.arrayContaining([
        expect.stringContaining('/src/plugins/faq/index.ts'),
        expect.stringContaining('/src/workflows/conversation/index.ts'),
        expect.stringContaining('/src/workflows/sequence/index.ts'),
        expect.stringContaining('/src/workflows/broadcast/index.ts'),
      ]),
    );
  });

  test('are neither the bot nor what the bundler injects into it', () => {
    const own = ['/test/support/bots/', '/src/workflows/index.ts', '/src/workflows/injected/'];
    expect(shared.filter((name) => own.some((part) => name.includes(part)))).toEqual([]);
  });

  test('keep no state', () => {
    const sources = shared.filter((name) => name.includes('/src/') && !name.includes('node_modules'));
    expect(sources.length).toBeGreaterThan(50);
    const withState = sources.filter((name) => STATE.test(readFileSync(fileOf(name), 'utf8')));
    expect(withState).toEqual([]);
  });

  test.each([
    'let left = 3;',
    'export let left = 3;',
    'const seen = new Map<string, number>();',
    'const seen: string[] = [];',
  ])('would not pass with %s', (line) => expect(`import x from 'x';\n\n${line}\n`).toMatch(STATE));
});

/** The file of a module, which webpack names by its path from the root of the project. */
function fileOf(name: string): string {
  return join(import.meta.dirname, '../..', name.slice(name.indexOf('/src/')));
}
