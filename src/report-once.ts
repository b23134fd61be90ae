/** A trouble that is tried again and again, and told once. */
export interface OngoingFailure {
  report(error: unknown): void;
  isOver(): void;
}

export interface ComplaintLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export function reportOnce(log: ComplaintLog, trouble: string): OngoingFailure {
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
