/** How many attempts may fail from one place in a time. */
export interface FailureLimitOptions {
  readonly maxFailures: number;
  readonly periodMs: number;
}

/** Counts failures by key, such as an address or a name, in this process. */
export interface FailureLimit {
  /** How long until the key may try again, ms; 0 if it may now. */
  waitMs(key: string): number;
  /** Counts an attempt as failed; before its work, so that attempts at the same time count too. */
  fail(key: string): void;
  /** Takes one failure back: the attempt succeeded. */
  undo(key: string): void;
}

interface Count {
  failures: number;
  readonly endsAt: number;
}

/** The most keys that are remembered; the oldest is forgotten for a new one. */
const MAX_KEYS = 10_000;

/** A limit that forgets a key's failures together, `periodMs` after the first of them. */
export function createFailureLimit({ maxFailures, periodMs }: FailureLimitOptions): FailureLimit {
  const counts = new Map<string, Count>();

  function current(key: string): Count | undefined {
    const count = counts.get(key);
    if (count && count.endsAt > Date.now()) return count;
    counts.delete(key);
    return undefined;
  }

  return {
    waitMs(key) {
      const count = current(key);
      return count && count.failures >= maxFailures ? count.endsAt - Date.now() : 0;
    },
    fail(key) {
      const count = current(key);
      if (count) {
        count.failures += 1;
        return;
      }
      const [oldest] = counts.keys();
      if (counts.size >= MAX_KEYS && oldest !== undefined) counts.delete(oldest);
      counts.set(key, { failures: 1, endsAt: Date.now() + periodMs });
    },
    undo(key) {
      const count = current(key);
      if (count) count.failures -= 1;
    },
  };
}
