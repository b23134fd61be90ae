import { describe, expect, onTestFinished, test } from 'vitest';
import { liveEvent, type LiveEvent } from '../../../src/api/operator/schemas/live.ts';
import { targets } from '../../store/targets.ts';
import { aText } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored } from './an-operator-app.ts';
import { listen } from './live-client.ts';

describe.each(targets)('on $name', (target) => {
  test('a message is heard at once', async () => {
    const { store, url } = await anOperatorApp({}, { target });
    const token = await anOperator(store, { role: 'viewer' });
    const stream = await listen(url, token);

    await stored(store, aText('Hello', { mid: 'm_1' }));

    expect(await stream.next()).toMatchObject({ event: 'reset', data: { reason: 'connected' } });
    expect(await stream.next()).toMatchObject({ event: 'conversation', data: { id: ANA_ID, lastLine: { text: 'Hello' } } });
    expect(await stream.next()).toMatchObject({ event: 'messages', data: { items: [{ id: 'm_1', text: 'Hello' }] } });
  });
});
