/** Workflows that use what the workflow thread must leave as it is. */

import { CancellationScope, condition, defineSignal, isCancellation, setHandler, sleep } from '@temporalio/workflow';

declare const AsyncLocalStorage: new <T>() => { run<R>(value: T, body: () => R): R; getStore(): T | undefined };

/** A signal that {@link neighbour} counts. */
export const pokeSignal = defineSignal('poke');

/** What is left of async context after awaits: the store's value, and whether the scope is still the current one. */
export async function asyncContext(): Promise<{ store: string | undefined; isSameScope: boolean; ended: string }> {
  const storage = new AsyncLocalStorage<string>();
  const store = await storage.run('kept', async () => {
    await sleep(1);
    await Promise.resolve();
    return storage.getStore();
  });
  const scope = new CancellationScope();
  let isSameScope = false;
  const ended = scope
    .run(async () => {
      await sleep(1);
      await Promise.all([Promise.resolve(), sleep(1)]);
      isSameScope = CancellationScope.current() === scope;
      // Only cancelled when it belongs to the scope.
      await sleep('1 hour');
      return 'slept';
    })
    .catch((error: unknown) => (isCancellation(error) ? 'cancelled' : String(error)));
  await condition(() => isSameScope, '5 seconds');
  scope.cancel();
  return { store, isSameScope, ended: await ended };
}

/** A promise that fails and that nobody awaits. */
export async function unhandledRejection(): Promise<void> {
  void Promise.reject(new Error('nobody awaits this'));
  await sleep(10);
}

/** A loop without end, before the first await. */
export async function endlessLoop(): Promise<void> {
  for (;;);
}

/** Answers after three signals, whatever the others do. */
export async function neighbour(): Promise<string> {
  let pokes = 0;
  setHandler(pokeSignal, () => void (pokes += 1));
  await condition(() => pokes >= 3);
  return 'answered';
}
