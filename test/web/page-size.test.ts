import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

interface Builder {
  buildPage(page: string): Promise<ReadonlyMap<string, Buffer>>;
}

const BUILDER = new URL('../../scripts/build-web.mjs', import.meta.url);
const MAX_SCRIPT_BYTES = 90 * 1024;

test.each(['desk', 'simulator'])('the page %s has at most 90 KB of script, compressed', async (name) => {
  const { buildPage } = (await import(BUILDER.href)) as Builder;
  const files = await buildPage(name);
  const script = files.get('page.js');
  expect(script?.length).toBeGreaterThan(10_000);
  expect(gzipSync(script ?? '').length).toBeLessThanOrEqual(MAX_SCRIPT_BYTES);
});
