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

/** Promises that fail and that nobody awaits: what the thread reports, and in whose async context. */
export async function floatingPromises(): Promise<string[]> {
  const running = new AsyncLocalStorage<string>();
  const reports: string[] = [];
  const reportFloatingPromise = (error: unknown) => void reports.push(`${running.getStore()}: ${String(error)}`);
  Object.defineProperty(globalThis, 'everthreadOwnModules', { value: { reportFloatingPromise }, configurable: true });
  running.run('first', () => void Promise.reject(new Error('at once')));
  void running.run('second', async () => {
    await sleep(1);
    throw new Error('later');
  });
  await sleep(50);
  // What failed in one activation is reported after it.
  await sleep(1);
  return reports;
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
