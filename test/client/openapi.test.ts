/** The client knows what the OpenAPI document says, and the document is one. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { TYPES_FILE, typesOf } from '../../scripts/openapi.ts';
import { anOperatorApp } from '../api/operator/an-operator-app.ts';

/** Minified, with its library. */
const MAX_BUNDLE_BYTES = 11 * 1024;

async function theDocument(): Promise<Record<string, unknown>> {
  const { call } = await anOperatorApp();
  return (await call('/docs/json')).body as Record<string, unknown>;
}

test('the OpenAPI document is valid by the schema of the OpenAPI Initiative', async () => {
  const document = await theDocument();
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const { info: _, ...without } = document;
  expect(await validator.validate(without)).toMatchObject({ valid: false });
});

test("the client's types are those of the running app; npm run openapi writes them", async () => {
  const isCurrent = readFileSync(TYPES_FILE, 'utf8') === (await typesOf(await theDocument()));
  expect(isCurrent, 'A route has changed, and src/client/openapi.ts not: npm run openapi').toBe(true);
});

test('the client runs in a browser, and is small', async () => {
  const { outputFiles, warnings } = await build({
    entryPoints: [join(import.meta.dirname, '../../src/client/index.ts')],
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    write: false,
  });
  expect(warnings).toEqual([]);
  expect(outputFiles[0]?.contents.byteLength).toBeLessThan(MAX_BUNDLE_BYTES);
});
