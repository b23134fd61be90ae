/** How many attempts may be made from one place in a time. */
export interface AttemptLimitOptions {
  readonly maxAttempts: number;
  readonly periodMs: number;
}

/** Counts attempts by key, such as an address, a name or a conversation, in this process. */
export interface AttemptLimit {
  /** How long until the key may try again, ms; 0 if it may now. */
  waitMs(key: string): number;
  /** Counts an attempt; before its work, so that attempts at the same time count too. */
  count(key: string): void;
  /** Takes one attempt back: it succeeded, where only failures count. */
  undo(key: string): void;
}

interface Count {
  attempts: number;
  readonly endsAt: number;
}

/** The most keys that are remembered; the oldest is forgotten for a new one. */
const MAX_KEYS = 10_000;

/** A limit that forgets a key's attempts together, `periodMs` after the first of them. */
export function createAttemptLimit({ maxAttempts, periodMs }: AttemptLimitOptions): AttemptLimit {
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
      return count && count.attempts >= maxAttempts ? count.endsAt - Date.now() : 0;
    },
    count(key) {
      const count = current(key);
      if (count) {
        count.attempts += 1;
        return;
      }
      const [oldest] = counts.keys();
      if (counts.size >= MAX_KEYS && oldest !== undefined) counts.delete(oldest);
      counts.set(key, { attempts: 1, endsAt: Date.now() + periodMs });
    },
    undo(key) {
      const count = current(key);
      if (count) count.attempts -= 1;
    },
  };
}
