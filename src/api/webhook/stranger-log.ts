import type { Logger } from '../../logger.ts';

const COUNT_FOR_MS = 60_000;

/** Logs what strangers do: at once when it begins, and while it lasts once a minute with its count. */
export interface StrangerLog {
  warn(message: string): void;
  /** Logs the counts that are not logged yet. */
  close(): void;
}

/** Creates the log of one api. */
export function createStrangerLog(log: Pick<Logger, 'warn'>): StrangerLog {
  /** How often each message came since it was logged last. */
  const counted = new Map<string, { count: number; readonly timer: NodeJS.Timeout }>();

  function begin(message: string): void {
    const timer = setTimeout(() => {
      if (logCount(message)) begin(message);
    }, COUNT_FOR_MS);
    timer.unref();
    counted.set(message, { count: 0, timer });
  }

  function logCount(message: string): boolean {
    const known = counted.get(message);
    if (!known) return false;
    clearTimeout(known.timer);
    counted.delete(message);
    if (known.count > 0) log.warn({ count: known.count }, `${message} (repeated)`);
    return known.count > 0;
  }

  return {
    warn(message) {
      const known = counted.get(message);
      if (known) known.count += 1;
      else {
        log.warn({}, message);
        begin(message);
      }
    },
    close() {
      for (const message of counted.keys()) logCount(message);
    },
  };
}
