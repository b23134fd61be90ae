import type { ErrorCode } from '../domain/error-codes.ts';

/** What may go wrong with the engine on this machine; each has a row in `docs/errors.md`. */
export type TemporalErrorCode = Extract<
  ErrorCode,
  | 'temporal_cli_missing'
  | 'temporal_start_failed'
  | 'temporal_database_in_use'
  | 'temporal_unreachable'
  | 'port_taken'
  | 'bot_missing'
  | 'bot_invalid'
  | 'already_running'
>;

/** The engine cannot be found, started or reached; the message names the cure. */
export class TemporalError extends Error {
  override readonly name = 'TemporalError';
  readonly code: TemporalErrorCode;

  constructor(code: TemporalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
