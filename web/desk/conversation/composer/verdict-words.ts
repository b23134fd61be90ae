import type { Conversation } from '../../desk-context.ts';
import { formatShort } from '../../parts/times.ts';

/** What Meta's rules say of an answer, for the operator. */
export interface VerdictWords {
  readonly words: string;
  readonly kind: 'allowed' | 'warning' | 'forbidden';
}

/** Meta's words for what is sent, in words of the desk. */
const AS: Readonly<Record<string, string>> = {
  RESPONSE: 'In the window',
  UPDATE: 'In the window',
  HUMAN_AGENT: 'As human agent',
};

/** What the verdict for operators means for a text that is sent now. */
export function toVerdictWords({ verdict: { operator } }: Pick<Conversation, 'verdict'>, now: number): VerdictWords {
  const { status, as, words, allowedAfter, until } = operator;
  const untilWords = until === null ? '' : `, until ${formatShort(until, now)}`;
  if (status === 'allowed')
    return {
      words: `${AS[as ?? ''] ?? `As ${as}`}${untilWords}`,
      kind: as === 'HUMAN_AGENT' ? 'warning' : 'allowed',
    };
  if (status === 'held') return { words: `Sent later: ${words}`, kind: 'warning' };
  const after = allowedAfter === null ? '' : ` Allowed after ${allowedAfter}.`;
  return { words: `Meta forbids it: ${words}${after}`, kind: 'forbidden' };
}
