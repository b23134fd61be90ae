import { describe, expect, test } from 'vitest';
import { ANA, PAGE, START } from '../support/events.ts';
import { anEmptyStore, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;

describe.each(targets)('snapshots on $name', (target) => {
  test('the state of the last close is found, whatever JSON it is', async () => {
    const { store } = await anEmptyStore(target);
    expect(await store.snapshots.find(ANAS)).toBeUndefined();
    const state = { version: 2, plugins: { faq: { asked: ['\u0000 ✓', null, 1.5] } }, ['__proto__x']: {} };

    await store.snapshots.save(ANAS, { version: 1 }, START);
    await store.snapshots.save(ANAS, state, START + 1);

    expect(await store.snapshots.find(ANAS)).toEqual(state);
  });
});
