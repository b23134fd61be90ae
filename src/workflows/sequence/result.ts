import type { RefusalReason } from '../../domain/error-codes.ts';
import type { SequenceStatus } from '../contract/index.ts';

/** How a run ended, and why. */
export type SequenceResult =
  | { readonly status: 'finished' | 'answered' | 'cancelled' }
  /** `reason` is `reply`, a topic, or what `stopSequence` was given. */
  | { readonly status: 'stopped'; readonly reason: string }
  | { readonly status: 'refused'; readonly reason: RefusalReason }
  /** `reason` is the error's message. */
  | { readonly status: 'failed'; readonly reason: string };

const MAX_RESULT_CHARS = 500;

/** The result in words, for Temporal's UI. They are on the wire as the result of the run and in `sequenceEnded`. */
export function describeSequenceResult(result: SequenceResult): string {
  switch (result.status) {
    case 'stopped':
      return `stopped by ${result.reason}`;
    case 'refused':
      return result.reason.replaceAll('_', ' ');
    case 'failed':
      return `failed: ${result.reason}`.slice(0, MAX_RESULT_CHARS);
    default:
      return result.status satisfies SequenceStatus;
  }
}
