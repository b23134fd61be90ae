import { ApplicationFailure } from '@temporalio/common';
import type { SendFailure } from '../../domain/error-codes.ts';

/** An error that makes Temporal run the activity again after a while; benign, because waiting is no failure. */
export function retryAfter(code: SendFailure, afterMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message: `No outcome yet (${code}); tried again in ${Math.round(afterMs)} ms`,
    nextRetryDelay: Math.max(1, Math.round(afterMs)),
    category: 'BENIGN',
  });
}
