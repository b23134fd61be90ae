import { createContext, Script } from 'node:vm';
import { expect, test } from 'vitest';
import { bundleBot } from '../../src/temporal/bundling/bundle-bot.ts';

test('what all conversations share keeps nothing: no module of the workflows is among it', async () => {
  const { code } = await bundleBot('test/support/bots/faq/bot.ts', { warn: () => {} });
  const cache = {};
  const context = createContext({ __webpack_module_cache__: cache, AbortController, TextEncoder, TextDecoder, URL });
  new Script(code).runInContext(context);
  new Script('__TEMPORAL__.preloadModules()').runInContext(context);

  const shared = Object.keys(cache);
  expect(shared.filter((name) => name.includes('/src/plugins/faq/'))).not.toEqual([]);
  expect(shared.filter((name) => name.includes('/src/workflows/'))).toEqual([]);
});
