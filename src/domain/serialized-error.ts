import { BotError } from './bot-error.ts';
import type { ErrorCode } from './error-codes.ts';

/** An error as one process sends it to another. */
export interface SerializedError {
  readonly message: string;
  /** The code of a `BotError`. */
  readonly code?: ErrorCode;
}

/** The error as plain data. */
export function serializeError(error: unknown): SerializedError {
  if (error instanceof BotError) return { message: error.message, code: error.code };
  return { message: error instanceof Error ? error.message : String(error) };
}

/** The error of another process: a `BotError` if it has a code. */
export function deserializeError({ code, message }: SerializedError): Error {
  return code === undefined ? new Error(message) : new BotError(code, message);
}
