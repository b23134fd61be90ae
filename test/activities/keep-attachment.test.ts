import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createKeepAttachment } from '../../src/activities/keep-attachment.ts';
import { createGraphClient } from '../../src/graph/graph-client.ts';
import { PAGE } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ANAS, anEmptyGate } from './gate.ts';

test('a folder counts as a missing file', async () => {
  const folder = temporaryFolder();
  const file = 'menu.png';
  mkdirSync(join(folder, file));
  const { store } = await anEmptyGate();
  const uploads: object[] = [];
  const graph = {
    uploadAttachment: async (upload: object) => {
      uploads.push(upload);
      return { status: 'uploaded', attachmentId: '741100223344556' } as const;
    },
  };
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const keep = createKeepAttachment({ store, graph, folder, log });

  const kept = await keep({ conversation: ANAS, type: 'image', source: { file }, phase: 'durable' });

  expect(kept).toEqual({ status: 'failed', code: 'file_missing' });
  expect(uploads).toEqual([]);
});

test('an invalid token opens the circuit breaker for uploads too, and no upload is tried before the probe', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'menu.txt'), 'Soup 4.50');
  const { store, graphUrl } = await anEmptyGate();
  const alerts: string[] = [];
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, warn: quiet, error: (_: object, line: string) => void alerts.push(line) };
  let calls = 0;
  const accessToken = () => {
    calls += 1;
    return 'EAAexpired';
  };
  const graph = createGraphClient({ url: graphUrl, version: 'v25.0', accessToken });
  onTestFinished(() => graph.close());
  const keep = createKeepAttachment({ store, graph, folder, log });
  const attempt = (): Promise<unknown> =>
    keep({ conversation: ANAS, type: 'file', source: { file: 'menu.txt' }, phase: 'durable' }).catch(
      (error: unknown) => error,
    );

  const answers = [await attempt(), await attempt()];

  for (const answer of answers) expect(answer).toMatchObject({ type: 'token_invalid', nonRetryable: false });
  expect((await store.circuitBreakers.listOpen()).get(PAGE)).toMatchObject({ reason: 'token_invalid' });
  expect(alerts).toEqual([expect.stringContaining('its sends wait')]);
  expect(calls).toBe(1);
});
