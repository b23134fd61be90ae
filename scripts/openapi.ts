/**
 * `npm run openapi`: writes the types of the operator API, `src/client/openapi.ts`, from the OpenAPI document. Run it when a
 * route of the operator API changes; a test compares.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript';
import { pino } from 'pino';
import { createMetrics } from '../src/api/metrics.ts';
import { createOperatorApp, type OperatorAppOptions } from '../src/api/operator/index.ts';
import { openStore } from '../src/store/index.ts';

/** The file with the types. */
export const TYPES_FILE = join(import.meta.dirname, '../src/client/openapi.ts');

/** The types of an OpenAPI document, as the program `openapi-typescript` writes them. */
export async function typesOf(document: object): Promise<string> {
  return `${COMMENT_HEADER}${astToString(await openapiTS(document as OpenAPI3))}`;
}

/** The document of the routes, which are described before anything is asked of them. */
async function readDocument(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'everthread-openapi-'));
  const store = await openStore(`file:${join(folder, 'store.db')}`);
  const app = await createOperatorApp({
    store,
    metrics: createMetrics(store),
    clock: { now: () => Date.now() },
    policy: {},
    workflows: {} as OperatorAppOptions['workflows'],
    runs: {} as OperatorAppOptions['runs'],
    graph: {} as OperatorAppOptions['graph'],
    settings: { retention: {}, unansweredAfterMs: 900_000 },
    privateAddresses: 'refuse',
    log: pino({ level: 'silent' }),
  });
  try {
    await app.ready();
    return app.swagger();
  } finally {
    await app.close();
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) writeFileSync(TYPES_FILE, await typesOf(await readDocument()));
