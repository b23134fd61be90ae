import type { Logger } from './logger.ts';

/** A failure that repeats until it is over, in the log once at its beginning and once at its end. */
export interface OngoingFailure {
  /** It failed, perhaps again; `fields` are logged with the error. */
  report(error: unknown, fields?: object): void;
  /** It succeeded. */
  isOver(): void;
}

/** Logs `trouble`, at this level, at the first of several failures in a row, and its end at `info`. */
export function reportOnce<Level extends 'warn' | 'error' = 'error'>(
  log: Pick<Logger, 'info' | NoInfer<Level>>,
  trouble: string,
  level: Level = 'error' as Level,
): OngoingFailure {
  let isReported = false;
  return {
    report(error, fields = {}) {
      if (!isReported) log[level]({ ...fields, error: String(error) }, trouble);
      isReported = true;
    },
    isOver() {
      if (isReported) log.info({}, `It is over: ${trouble}`);
      isReported = false;
    },
  };
}
