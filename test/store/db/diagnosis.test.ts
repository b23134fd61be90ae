import { describe, expect, test } from 'vitest';
import type { NewSend } from '../../../src/store/ledger/index.ts';
import { aText, BEN, PAGE, START, webhookBody } from '../../support/events.ts';
import { allow, hold, refuse } from '../../support/verdicts.ts';
import { anEmptyStore, delivered, targets } from '../targets.ts';

const conversation = `messenger:${PAGE}:${BEN}` as const;
const HOUR_MS = 3_600_000;

function aSend(ordinal: number): NewSend {
  const sendId = `${conversation}/1/${ordinal}` as const;
  const message = { text: 'Hello' };
  return { sendId, conversation, author: 'bot', purpose: 'reply', guarantee: 'at-least-once', message };
}

describe.each(targets)('on $name', (target) => {
  test('when the oldest pending event and the last event of a Page were received', async () => {
    const { store } = await anEmptyStore(target);
    expect(await store.inbox.oldestPendingAt()).toBeUndefined();
    expect(await store.inbox.lastReceivedAt(PAGE)).toBeUndefined();

    await store.inbox.record(delivered(webhookBody(aText('first'))), START);
    await store.inbox.record(delivered(webhookBody(aText('second'))), START + 1);

    expect(await store.inbox.oldestPendingAt()).toBe(START);
    expect(await store.inbox.lastReceivedAt(PAGE)).toBe(START + 1);
    expect(await store.inbox.lastReceivedAt('104857600999999')).toBeUndefined();
  });

  test('sends that did not go out are counted by reason, the newest first, without those settled long ago', async () => {
    const { store } = await anEmptyStore(target);
    const { ledger } = store;
    await ledger.open(aSend(1), refuse, START);
    await ledger.open(aSend(2), refuse, START + HOUR_MS);
    await ledger.open(aSend(3), refuse, START + HOUR_MS + 1);
    await ledger.open(aSend(4), () => hold('token_invalid'), START);
    await ledger.open(aSend(5), allow, START);
    await ledger.confirm(aSend(5), 'm_Sent', START + HOUR_MS);

    expect(await ledger.failureGroups(START + 1)).toEqual([
      { status: 'refused', code: 'window_closed', sends: 2, lastAt: START + HOUR_MS + 1 },
      { status: 'waiting', code: 'token_invalid', sends: 1, lastAt: START },
    ]);
  });
});
