import type { ErrorCode } from './error-codes.ts';

/**
 * An error that the developer or the administrator of a bot can repair. The message says what happened, with which value, and the
 * cure. Test `code`, never the class: Temporal keeps codes and loses classes.
 */
export class BotError extends Error {
  override readonly name = 'BotError';
  readonly code: ErrorCode;
  /** The name in a bot's file that is wrong: the loader finds its line. */
  readonly wrongName?: string;

  constructor(
    code: ErrorCode,
    message: string,
    { wrongName, ...options }: { readonly cause?: unknown; readonly wrongName?: string } = {},
  ) {
    super(message, options);
    this.code = code;
    if (wrongName !== undefined) this.wrongName = wrongName;
  }
}
