import type { ErrorCode } from './error-codes.ts';

/**
 * An error that the developer or the administrator of a bot can repair. The message says what happened, with which value, and the
 * cure. Test `code`, never the class: Temporal keeps codes and loses classes.
 */
export class BotError extends Error {
  override readonly name = 'BotError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
