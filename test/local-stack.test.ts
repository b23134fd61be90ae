import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startLocalStack } from '../src/local-stack.ts';
import { createTemporalClient, temporalSettings } from '../src/temporal/server/connect.ts';
import { freePort } from '../src/temporal/server/free-port.ts';
import { aLog } from './api/dispatch/dispatching.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test('a port that somebody else takes between its choice and its use is replaced, unless that goes on', async () => {
  const somebody = createServer().listen(await freePort(), '127.0.0.1');
  await once(somebody, 'listening');
  onTestFinished(() => void somebody.close());
  const { port: taken } = somebody.address() as { port: number };
  const temporal = temporalSettings([], inject('temporalAddress'));
  const client = createTemporalClient(temporal);
  onTestFinished(() => client.connection.close());
  const start = (choices: (() => Promise<number>)[]) =>
    startLocalStack({
      temporal,
      client,
      databaseUrl: `file:${temporaryFolder()}/store.db`,
      secrets: { verifyToken: 'a verify token', appSecret: 'an app secret', accessToken: 'an access token' },
      graphVersion: 'v25.0',
      host: '127.0.0.1',
      choosePort: async () => choices.shift()?.() ?? taken,
      log: aLog().log,
      simulator: { file: ':memory:' },
    });

  const stack = await start([async () => taken, async () => taken, freePort]);
  onTestFinished(() => stack.stop());
  expect((await fetch(`${stack.url}/healthz`)).status).toBe(200);
  await expect(start([])).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
