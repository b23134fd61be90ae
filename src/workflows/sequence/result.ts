import type { RefusalReason } from '../../domain/error-codes.ts';
import type { UnsentOutcome } from '../../domain/send.ts';
import type { SequenceStatus } from '../contract/index.ts';

/** How a run ended, and why. */
export type SequenceResult =
  | { readonly status: 'finished' | 'answered' | 'cancelled' }
  /** `reason` is `reply`, a topic, or what `stopSequence` was given. */
  | { readonly status: 'stopped'; readonly reason: string }
  | { readonly status: 'refused'; readonly reason: RefusalReason }
  /** `reason` is the error's message. */
  | { readonly status: 'failed'; readonly reason: string };

/** The longest result of a run, in words. */
export const MAX_RESULT_CHARS = 500;

/**
 * The result in words, for Temporal's UI, and the sends that did not go out: `finished; 1 send refused: window_closed`. They
 * are on the wire as the result of the run and in `sequenceEnded`.
 */
export function describeSequenceResult(result: SequenceResult, unsent: readonly UnsentOutcome[] = []): string {
  return [describeEnd(result), ...describeSends(unsent)].join('; ').slice(0, MAX_RESULT_CHARS);
}

function describeEnd(result: SequenceResult): string {
  switch (result.status) {
    case 'stopped':
      return `stopped by ${result.reason}`;
    case 'refused':
      return result.reason.replaceAll('_', ' ');
    case 'failed':
      return `failed: ${result.reason}`;
    default:
      return result.status satisfies SequenceStatus;
  }
}

/** For each status the number of sends, and their reasons: `2 sends refused: window_closed, opted_out`. */
function describeSends(unsent: readonly UnsentOutcome[]): string[] {
  return (['refused', 'failed', 'unknown'] as const).flatMap((status) => {
    const sends = unsent.filter((outcome) => outcome.status === status);
    if (sends.length === 0) return [];
    const count = `${sends.length} ${sends.length === 1 ? 'send' : 'sends'}`;
    const reasons = [...new Set(sends.flatMap(reasonOf))];
    return [status === 'unknown' ? `${count} of unknown outcome` : `${count} ${status}: ${reasons.join(', ')}`];
  });
}

function reasonOf(outcome: UnsentOutcome): string[] {
  if (outcome.status === 'unknown') return [];
  return [outcome.status === 'refused' ? outcome.reason : outcome.code];
}
