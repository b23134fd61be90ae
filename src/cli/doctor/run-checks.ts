import { notChecked, wrong, type Check, type CheckId, type Finding, type Outcome, type Status } from './check.ts';

export interface Round {
  /** How the checks before went; those of this round are added. */
  readonly seen: Map<CheckId, Status>;
  readonly about?: string;
  /** For each check. */
  readonly withinMs?: number;
}

const WITHIN_MS = 20_000;
/** From the best to the worst. */
const STATUSES: readonly Status[] = ['ok', 'look', 'not_checked', 'wrong'];

/** One check after the other. One that fails or takes too long stops only those that come after it by name. */
export async function* runChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  { seen, about, withinMs = WITHIN_MS }: Round,
): AsyncGenerator<Finding> {
  for (const { id, after = [], look } of checks) {
    const first = after.find((other) => isBlocking(seen.get(other)));
    const outcomes = first
      ? [notChecked(`"${first}" comes first, see above.`)]
      : await within(withinMs, async () => [await look(subject)].flat());
    seen.set(id, worst(outcomes));
    for (const outcome of outcomes) yield { check: id, ...(about !== undefined && { about }), ...outcome };
  }
}

function isBlocking(status: Status | undefined): boolean {
  return status === 'wrong' || status === 'not_checked';
}

function worst(outcomes: readonly Outcome[]): Status {
  const places = outcomes.map(({ status }) => STATUSES.indexOf(status));
  return STATUSES[Math.max(0, ...places)] ?? 'ok';
}

async function within(ms: number, work: () => Promise<Outcome[]>): Promise<Outcome[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome[]>((resolve) => {
    timer = setTimeout(() => resolve([wrong(`There was no answer within ${ms / 1000} s.`)]), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    return [wrong(error instanceof Error ? error.message : String(error))];
  } finally {
    clearTimeout(timer);
  }
}
