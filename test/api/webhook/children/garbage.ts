/** Sends thousands of useless requests and prints how much memory is held afterwards: needs `--expose-gc`. */

import { createHmac } from 'node:crypto';
import { pino } from 'pino';
import { createApp } from '../../../../src/api/index.ts';
import { openStore } from '../../../../src/store/index.ts';
import { anIdleDispatcher } from '../../../support/idle-dispatcher.ts';

const SECRET = 'a secret';
const store = await openStore(process.argv[2] ?? '');
const app = createApp({
  store,
  log: pino({ level: 'silent' }),
  verifyToken: 'a token',
  appSecrets: [SECRET],
  dispatcher: anIdleDispatcher(),
});

async function sendGarbage(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const payload = `{"object":"page","entry":[{"nonsense":"${index}"`.padEnd(2000, '[');
    const signature = createHmac('sha256', index % 2 ? SECRET : `guess ${index}`)
      .update(payload)
      .digest('hex');
    const headers = { 'x-hub-signature-256': `sha256=${signature}`, [`x-garbage-${index}`]: `${index}` };
    await app.inject({ method: 'POST', url: '/webhook', payload, headers });
    await app.inject({ url: `/no-such-page/${index}?token=${index}` });
    await app.inject({ url: '/webhook', query: { 'hub.mode': 'subscribe', 'hub.verify_token': `guess ${index}` } });
  }
}

async function heldBytes(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise(setImmediate);
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await sendGarbage(500);
const before = await heldBytes();
await sendGarbage(1500);
process.stdout.write(JSON.stringify({ grownBy: (await heldBytes()) - before }));
await app.close();
await store.close();
