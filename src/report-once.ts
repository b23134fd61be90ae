import type { Logger } from './logger.ts';

/** A trouble that is tried again and again, and told once. */
export interface OngoingFailure {
  report(error: unknown): void;
  isOver(): void;
}

export function reportOnce(log: Pick<Logger, 'info' | 'error'>, trouble: string): OngoingFailure {
  let isTold = false;
  return {
    report(error) {
      if (!isTold) log.error({ error: String(error) }, trouble);
      isTold = true;
    },
    isOver() {
      if (isTold) log.info({}, `It is over: ${trouble}`);
      isTold = false;
    },
  };
}
