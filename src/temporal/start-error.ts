import type { START_ERRORS } from '../domain/error-codes.ts';

/** A process cannot start on this machine; the message names the cure. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: (typeof START_ERRORS)[number];

  constructor(code: StartError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
