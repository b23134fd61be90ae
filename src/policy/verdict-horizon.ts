import { CUSTOMER_FEEDBACK_MS, HUMAN_AGENT_MS, WINDOW_MS, windowClosesAt } from './messaging-window.ts';
import { verdict, type PolicyInput, type Verdict } from './verdict.ts';

/** A verdict and how long it holds while nothing happens but time. */
export interface VerdictHorizon {
  readonly verdict: Verdict;
  /** When the verdict is another one, epoch ms by the person's clock; missing when time alone changes nothing. */
  readonly until?: number;
}

/** The verdict now, and the first time at which it is another one. */
export function verdictHorizon(input: PolicyInput): VerdictHorizon {
  const now = verdict(input);
  const until = boundariesOf(input)
    .filter((at) => at > input.now)
    .toSorted((one, other) => one - other)
    .find((at) => !isSame(verdict({ ...input, now: at }), now));
  return { verdict: now, ...(until !== undefined && { until }) };
}

/** Every time at which the verdict on this person can change; the verdict itself says whether it does. */
function boundariesOf({ eligibility: { window, otherOwner } }: PolicyInput): number[] {
  return [
    ...(otherOwner ? [otherOwner.until] : []),
    ...(window
      ? [
          windowClosesAt(window.openedAt),
          window.openedAt + WINDOW_MS,
          windowClosesAt(window.openedAt, CUSTOMER_FEEDBACK_MS),
          windowClosesAt(window.openedAt, HUMAN_AGENT_MS),
        ]
      : []),
    ...(window?.mayLastUntil === undefined ? [] : [windowClosesAt(window.mayLastUntil, 0)]),
  ];
}

function isSame(one: Verdict, other: Verdict): boolean {
  if (one.status === 'allowed') {
    return other.status === 'allowed' && JSON.stringify(one.sendClass) === JSON.stringify(other.sendClass);
  }
  return one.status === other.status && one.reason === other.reason;
}
