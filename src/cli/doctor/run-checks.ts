import { notChecked, error, type Check, type CheckId, type Finding, type CheckResult, type Status } from './check.ts';

/** What one sequence of checks starts from. */
export interface CheckSequence {
  /** The worst status of each earlier check; `runChecks` adds its own. */
  readonly statuses: Map<CheckId, Status>;
  /** Copied into each finding. */
  readonly about?: string;
  /** The time limit of each check, in ms. Default: 20,000. */
  readonly timeoutMs?: number;
}

const CHECK_TIMEOUT_MS = 20_000;
/** From the best to the worst. */
const STATUSES: readonly Status[] = ['ok', 'warning', 'not_checked', 'error'];

/** Runs the checks one after the other. A failed check prevents only those that require it. */
export async function* runChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  { statuses, about, timeoutMs = CHECK_TIMEOUT_MS }: CheckSequence,
): AsyncGenerator<Finding> {
  for (const { id, requires = [], run } of checks) {
    const first = requires.find((other) => isBlocking(statuses.get(other)));
    const results = first
      ? [notChecked(`"${first}" comes first, see above.`)]
      : await resultsWithin(timeoutMs, async () => [await run(subject)].flat());
    statuses.set(id, worst(results));
    for (const result of results) yield { check: id, ...(about !== undefined && { about }), ...result };
  }
}

function isBlocking(status: Status | undefined): boolean {
  return status === 'error' || status === 'not_checked';
}

function worst(results: readonly CheckResult[]): Status {
  const places = results.map(({ status }) => STATUSES.indexOf(status));
  return STATUSES[Math.max(0, ...places)] ?? 'ok';
}

async function resultsWithin(ms: number, work: () => Promise<CheckResult[]>): Promise<CheckResult[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult[]>((resolve) => {
    timer = setTimeout(() => resolve([error(`There was no answer within ${ms / 1000} s.`)]), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (cause) {
    return [error(cause instanceof Error ? cause.message : String(cause))];
  } finally {
    clearTimeout(timer);
  }
}
