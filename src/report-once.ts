import type { Logger } from './logger.ts';

/** Logs a failure that is retried again and again: once when it begins, and once when it is over. */
export interface FailureReporter {
  /** Logs the failure, unless the same one was the last that was logged and no reminder is due. */
  failed(failure: ReportedFailure): void;
  /** Logs the message if a failure was logged since the last recovery. */
  recovered(fields: object, message: string): void;
}

/** One failure of something that is retried. */
export interface ReportedFailure {
  /** Default: `error`. */
  readonly level?: 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
  /** Failures with the same key are the same one. Default: the message. */
  readonly key?: string;
}

/** Settings of `createFailureReporter`. */
export interface FailureReporterOptions {
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** A failure that lasts longer is logged again, ms. Default: never. */
  readonly remindMs?: number;
  /** Epoch ms. Default: the real time. */
  readonly now?: () => number;
}

/** Creates a reporter for one thing that can fail. */
export function createFailureReporter(options: FailureReporterOptions): FailureReporter {
  const { log, remindMs = Number.POSITIVE_INFINITY, now = Date.now } = options;
  let lastKey: string | undefined;
  let loggedAt = 0;
  return {
    failed({ level = 'error', fields, message, key = message }) {
      if (key === lastKey && now() - loggedAt < remindMs) return;
      lastKey = key;
      loggedAt = now();
      log[level](fields, message);
    },
    recovered(fields, message) {
      if (lastKey !== undefined) log.info(fields, message);
      lastKey = undefined;
    },
  };
}
