import { expect, test } from 'vitest';
import { createAbortables } from '../../src/simulator/webhook/abortable.ts';

const HOUR_MS = 3_600_000;

test('abortAll ends calls and waits in progress, and later waits at once', async () => {
  const abortables = createAbortables();
  const call = abortables.call(
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  );
  const wait = abortables.wait(HOUR_MS);
  abortables.abortAll();
  await expect(call).rejects.toThrow('aborted');
  await wait;
  await abortables.wait(HOUR_MS);
  expect(abortables.isAborted()).toBe(true);
});

test('a call resolves to its result', async () => {
  expect(await createAbortables().call(async () => 200)).toBe(200);
});
