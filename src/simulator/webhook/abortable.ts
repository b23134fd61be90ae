import { setTimeout as delay } from 'node:timers/promises';

/** Calls and waits that end early when the simulator closes. */
export interface Abortables {
  /** Whether `abortAll` was called. */
  isAborted(): boolean;
  /** Runs a call whose signal aborts with the others. */
  call<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** Resolves after `ms`, or as soon as everything is aborted. */
  wait(ms: number): Promise<void>;
  /** Aborts every call and wait in progress; later waits resolve at once. */
  abortAll(): void;
}

/** A set of calls and waits that are aborted together. */
export function createAbortables(): Abortables {
  const inProgress = new Set<AbortController>();
  let isAborted = false;

  async function call<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    inProgress.add(controller);
    try {
      return await work(controller.signal);
    } finally {
      inProgress.delete(controller);
    }
  }

  return {
    isAborted: () => isAborted,
    call,
    async wait(ms) {
      if (ms === 0 || isAborted) return;
      await call((signal) => delay(ms, undefined, { signal })).catch(() => {});
    },
    abortAll() {
      isAborted = true;
      for (const controller of inProgress) controller.abort();
    },
  };
}
