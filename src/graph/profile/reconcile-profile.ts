import type { MessengerProfile } from '../../messenger/profile.ts';
import type { BudgetAnswer } from '../call-budget.ts';
import { describeGraphError } from '../describe-graph-error.ts';
import type { GraphApi } from '../graph-api.ts';
import { deleteFromProfile, readProfile, setProfile, type PageAccess, type ProfileProperty } from './index.ts';
import { findProfileChanges, type ProfileChange } from './profile-changes.ts';

/** A profile to reconcile. */
export interface ProfileTask {
  readonly api: GraphApi;
  /** Meta's budget for the profile of a Page: see {@link createCallBudget}. */
  readonly reserveCalls: (pageId: string, calls: number) => BudgetAnswer;
  readonly page: PageAccess;
  readonly wanted: MessengerProfile;
  /** False: dry run, nothing is written. */
  readonly isApplied: boolean;
  /** Gets what was found and done, one sentence per call. */
  readonly report: (sentence: string) => void;
  /** Gets the differences, one line per call. */
  readonly show: (line: string) => void;
}

/**
 * Makes a Page's profile what its bot says: one call to read, at most one to set and one to delete, none if nothing
 * differs. Resolves to `false` if it failed.
 */
export async function reconcileProfile(task: ProfileTask): Promise<boolean> {
  const { api, reserveCalls, page, wanted, isApplied, report, show } = task;
  if (!hasBudget(reserveCalls(page.pageId, 1), report)) return false;
  const reply = await readProfile(api, page);
  if (reply.status !== 'answered') return reportProfileFailure(describeGraphError(reply, page.accessToken), report);

  const changes = findProfileChanges(wanted, reply.value);
  if (changes.length === 0) {
    report('shows what the bot says. Nothing to do.');
    return true;
  }
  report(isApplied ? 'is changed:' : 'differs from what the bot says; --apply would change:');
  for (const line of changes.flatMap(describeProfileChange)) show(line);
  if (!isApplied) return true;

  const gone = changes.filter(({ kind }) => kind === 'gone').map(({ property }) => property);
  const set = changes.filter(({ kind }) => kind !== 'gone').map(({ property }) => property);
  const writes = [
    ...(set.length > 0 ? [() => setProfile(api, page, pickProperties(wanted, set))] : []),
    ...(gone.length > 0 ? [() => deleteFromProfile(api, page, gone)] : []),
  ];
  if (!hasBudget(reserveCalls(page.pageId, writes.length), report)) return false;
  for (const write of writes) {
    const written = await write();
    if (written.status !== 'answered')
      return reportProfileFailure(describeGraphError(written, page.accessToken), report);
  }
  report('done. People may see a new menu only after 24 hours, or when they open the chat again.');
  return true;
}

function pickProperties(profile: MessengerProfile, properties: readonly ProfileProperty[]): MessengerProfile {
  return Object.fromEntries(properties.map((property) => [property, profile[property]]));
}

function hasBudget(taken: BudgetAnswer, report: (sentence: string) => void): boolean {
  if (taken.status === 'taken') return true;
  const again = new Date(taken.againAt).toISOString().slice(11, 19);
  report(
    `Meta takes 10 calls in 10 minutes, and these would be more. Nothing more is called; again after ${again} UTC.`,
  );
  return false;
}

function reportProfileFailure(words: string, report: (sentence: string) => void): false {
  report(words);
  return false;
}

function describeProfileChange({ property, kind, ...lines }: ProfileChange): string[] {
  const isOrder = lines.without.length === 0 && lines.with.length === 0;
  const what = { new: 'is new', gone: 'goes away', different: isOrder ? 'is in another order' : 'is different' };
  return [
    `  ${property} ${what[kind]}`,
    ...lines.without.map((line) => `    - ${line}`),
    ...lines.with.map((line) => `    + ${line}`),
  ];
}
