/** What the bot's code threw, for the log: the stack, of an activity's failure that of its cause. It may have thrown anything. */
export function describeError(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error);
    const { stack, cause, message } = error;
    return String(stack || (cause instanceof Error ? describeError(cause) : message));
  } catch {
    return 'an error that has no text';
  }
}
