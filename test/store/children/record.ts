/**
 * Records events until it is killed, several at once, and reports each:
 * `node --import tsx record.ts <url>` prints `opened`, then `recorded <mid>` or `lost <code>: <message>`.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { decodeWebhook } from '../../../src/api/webhook/decode/index.ts';
import { openStore } from '../../../src/store/index.ts';
import { aText, webhookBody } from '../../support/events.ts';

const CONCURRENT = 8;
/** Some hundred bytes, so that a small disk is full soon. */
const LETTER = 'Do you have the blue mug as well? '.repeat(12);

let count = 0;

async function recordOn(store: Awaited<ReturnType<typeof openStore>>): Promise<never> {
  for (;;) {
    count += 1;
    const mid = `m_${process.pid}_${count}`;
    try {
      await store.inbox.record(decodeWebhook(webhookBody(aText(LETTER, { mid }))) ?? [], Date.now());
      process.stdout.write(`recorded ${mid}\n`);
    } catch (error) {
      process.stdout.write(`lost ${(error as { code?: string }).code}: ${(error as Error).message}\n`);
      await delay(20);
    }
  }
}

try {
  const store = await openStore(process.argv[2] ?? '');
  process.stdout.write('opened\n');
  await Promise.all(Array.from({ length: CONCURRENT }, () => recordOn(store)));
} catch (error) {
  process.stdout.write(`lost ${(error as { code?: string }).code}: ${(error as Error).message}\n`);
}
