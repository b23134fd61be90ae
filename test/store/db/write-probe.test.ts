import { describe, expect, test } from 'vitest';
import { anEmptyStore, targets } from '../targets.ts';

describe.each(targets)('ping on $name', (target) => {
  test('writes a row, and frequent calls share one write', async () => {
    const { store, tables } = await anEmptyStore(target);
    const before = Date.now();

    await Promise.all(Array.from({ length: 50 }, () => store.ping()));

    const pulse = await tables.selectFrom('pulse').selectAll().execute();
    expect(pulse).toEqual([{ id: 1, at: expect.any(Number) as number }]);
    expect(pulse[0]?.at).toBeGreaterThanOrEqual(before);
  });
});
