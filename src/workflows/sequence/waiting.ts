/** The steps of a sequence that wait: for time, for Meta's window, for a reply, for a topic. */

import { condition, setCurrentDetails, sleep } from '@temporalio/workflow';
import { escapeMarkdown } from '../../domain/markdown.ts';
import { msOf, type Duration } from '../../plugins/duration.ts';
import { optionsOf } from '../../plugins/options.ts';
import type { Matching, Reply } from '../../plugins/sequence.ts';
import type { KnownTopic, TopicName } from '../../plugins/topics.ts';
import { describeLocalTime, type LocalTime } from '../../policy/local-time.ts';
import { storeActivities } from '../activity-proxies.ts';
import { startStepBudget } from '../own-modules.ts';
import { formatUtcMinute, nextTimeOf } from '../time.ts';
import { beginStep, throwIfEnded, type SequenceRun } from './sequence-run.ts';

const MAX_WAIT_SUMMARY_CHARS = 100;
/** How long after its timeout a wait still waits for a reply that the run has accepted. */
const MAX_GIVE_MS = 60_000;

/** Waits for `ms`, or until `isOver` holds; `what` says in Temporal's UI for what. */
export async function wait(run: SequenceRun, ms: number, what: string, isOver?: () => boolean): Promise<void> {
  run.dueAt = run.now() + ms;
  run.waitsFor = what.slice(0, MAX_WAIT_SUMMARY_CHARS);
  run.sendsWithoutWait = 0;
  const summary = `${escapeMarkdown(what, MAX_WAIT_SUMMARY_CHARS)}, until ${formatUtcMinute(run.dueAt)} at the latest`;
  setCurrentDetails(summary);
  try {
    if (isOver) await condition(isOver, ms, { summary });
    else await sleep(ms, { summary });
  } finally {
    run.dueAt = undefined;
    startStepBudget();
  }
}

/** `seq.sleep` */
export async function sleepFor(run: SequenceRun, duration: Duration): Promise<void> {
  beginStep(run);
  await wait(run, msOf(duration), `Sleeps ${String(duration)}`);
}

/** `seq.sleepUntil` */
export async function sleepUntil(run: SequenceRun, time: number | LocalTime): Promise<void> {
  const check = optionsOf('seq.sleepUntil');
  if (typeof time === 'number') check.that(Number.isFinite(time), 'time', 'epoch ms, or a time of the day', time);
  else check.localTime('time', time);
  beginStep(run);
  if (typeof time === 'number') return wait(run, Math.max(1, time - run.now()), 'Sleeps');
  const at = nextTimeOf(run.now(), time, run.input.contact, run.definition.quietHours);
  // A timer that fires early, by another server's clock, must not make the same time come twice.
  while (run.now() < at) await wait(run, at - run.now(), `Sleeps until ${describeLocalTime(time)}`);
}

/** `seq.untilWindowCloses` */
export async function waitForWindowClosing(
  run: SequenceRun,
  { before }: { readonly before: Duration },
): Promise<number | undefined> {
  beginStep(run);
  const beforeMs = msOf(before);
  for (;;) {
    const closesAt = await storeActivities.windowClosesAt.executeWithOptions({ summary: 'When the window closes' }, [
      run.input.conversation,
    ]);
    if (closesAt === undefined || closesAt <= run.now()) return undefined;
    const leftMs = closesAt - beforeMs - run.now();
    if (leftMs <= 0) return closesAt;
    await wait(run, leftMs, `Waits until ${String(before)} before the window closes`);
  }
}

/** `seq.waitForReply` */
export async function waitForReply(
  run: SequenceRun,
  timeout: Duration,
  matching?: Matching,
): Promise<Reply | undefined> {
  let reply: Reply | undefined;
  let failure: { readonly error: unknown } | undefined;
  // An error of the developer's function must be thrown to its caller, not out of a signal handler.
  const look = (): void => {
    try {
      startStepBudget();
      reply ??= run.replies.take(matching);
    } catch (error) {
      failure = { error };
    }
  };
  const hasReply = () => reply !== undefined || failure !== undefined;
  throwIfEnded();
  run.lookAtReplies = look;
  try {
    look();
    await wait(run, msOf(timeout), 'Waits for a reply', hasReply);
    // The run has accepted this reply; the conversation gives it at the end of its turn.
    if (run.replies.hasAccepted()) await condition(hasReply, MAX_GIVE_MS);
  } finally {
    run.lookAtReplies = undefined;
    run.replies.clear();
  }
  if (failure) throw failure.error;
  run.wasAnswered = reply !== undefined;
  return reply;
}

/** `seq.waitFor` */
export async function waitForTopic<Name extends TopicName>(
  run: SequenceRun,
  name: Name,
  timeout: Duration,
): Promise<KnownTopic<Name> | undefined> {
  beginStep(run);
  await wait(run, msOf(timeout), `Waits for ${name}`, () => run.topics.some((topic) => topic.name === name));
  const found = run.topics.find((topic) => topic.name === name);
  run.topics = run.topics.filter((topic) => topic !== found);
  return found as KnownTopic<Name> | undefined;
}
