import { expect, test } from 'vitest';
import { MAX_CALL_CHARS, toBatches } from '../../src/workflows/conversation/emitted-topics.ts';

const aTopic = (n: number, chars: number) => ({ name: 'stock', key: `m1/${n}`, at: 0, data: 'x'.repeat(chars) });

test('a turn that emits a hundred large topics puts them into the outbox by calls of a bounded size, in order', () => {
  const emitted = Array.from({ length: 100 }, (_, n) => aTopic(n, 49_000));

  const batches = toBatches(emitted);

  expect(batches.flat()).toEqual(emitted);
  expect(batches).toHaveLength(10);
  for (const topics of batches) expect(JSON.stringify(topics).length).toBeLessThan(MAX_CALL_CHARS + 100);
});

test('the topics of an ordinary turn are one call', () => {
  expect(toBatches([aTopic(0, 10), aTopic(1, 10)])).toHaveLength(1);
});
