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

  test('a save that comes late, from a run that has ended, does not replace the state of the run after it', async () => {
    const { store } = await anEmptyStore(target);
    const first = { version: 1, saves: 1, lastTurnAt: START };
    const next = { version: 1, saves: 1, lastTurnAt: START + 60_000 };
    await store.snapshots.save(ANAS, next, START + 400_000);

    await store.snapshots.save(ANAS, first, START + 500_000);
    expect(await store.snapshots.find(ANAS)).toEqual(next);

    // Saved again after a crash of the worker.
    await store.snapshots.save(ANAS, { ...next, tags: [] }, START + 600_000);
    expect(await store.snapshots.find(ANAS)).toEqual({ ...next, tags: [] });
    // A clock that was set back, and a run that was reset to a point long ago.
    for (const later of [
      { saves: 2, lastTurnAt: START - 1 },
      { saves: 1, lastTurnAt: START + 90_000 },
    ]) {
      await store.snapshots.save(ANAS, later, START);
      expect(await store.snapshots.find(ANAS)).toEqual(later);
    }
  });
});
