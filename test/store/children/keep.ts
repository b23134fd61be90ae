/**
 * Keeps events until it is killed, several at once, and says of each whether it is kept:
 * `node --import tsx keep.ts <url>` prints `opened`, then `kept <mid>` or `lost <code>: <message>`.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { inboundEvents } from '../../../src/api/webhook/decode/index.ts';
import { openStore } from '../../../src/store/index.ts';
import { aText, webhookBody } from '../../support/events.ts';

const AT_ONCE = 8;
/** Some hundred bytes, so that a small disk is full soon. */
const LETTER = 'Do you have the blue mug as well? '.repeat(12);

let count = 0;

async function keepOn(store: Awaited<ReturnType<typeof openStore>>): Promise<never> {
  for (;;) {
    count += 1;
    const mid = `m_${process.pid}_${count}`;
    try {
      await store.inbox.record(inboundEvents(webhookBody(aText(LETTER, { mid }))) ?? [], Date.now());
      process.stdout.write(`kept ${mid}\n`);
    } catch (error) {
      process.stdout.write(`lost ${(error as { code?: string }).code}: ${(error as Error).message}\n`);
      await delay(20);
    }
  }
}

try {
  const store = await openStore(process.argv[2] ?? '');
  process.stdout.write('opened\n');
  await Promise.all(Array.from({ length: AT_ONCE }, () => keepOn(store)));
} catch (error) {
  process.stdout.write(`lost ${(error as { code?: string }).code}: ${(error as Error).message}\n`);
}
