/**
 * The conversation of one person with one Page. Signal and update handlers only push to a queue; one loop works it off in
 * order; all memory is one JSON value (`conversation-state.ts`). The workflow continues as new after a quiet time and
 * closes when nothing can happen any more.
 */

import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  continueAsNew,
  makeContinueAsNewFunc,
  patched,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { conversationInput } from '../checks/messages.ts';
import { assertInput } from '../checks/receive.ts';
import { WORKING, type ConversationInput } from '../contract/index.ts';
import { createSendCancellation } from '../outbound/send-cancellation.ts';
import { createNow } from '../time.ts';
import { createUpdatableTimer } from '../updatable-timer.ts';
import { readState, type Incoming } from './conversation-state.ts';
import { canClose, isQuietLongEnough, listDeadlines } from './deadlines.ts';
import { endOverdueTakeOver, runDueWork } from './due-work.ts';
import { gatherBurst, mayGather } from './gather.ts';
import { setHandlers } from './handlers.ts';
import { isTakeOverEvent } from './handoffs.ts';
import { createOfferAnswers } from './offer-answers.ts';
import { setOutsideHandlers } from './outside-handlers.ts';
import { createOutsideRequests } from './outside-requests.ts';
import { openState, saveSnapshot } from './snapshot.ts';
import { takeTurn } from './take-turn.ts';
import type { HookDeadline } from './turn.ts';
import { createVisibility } from './visibility.ts';

/** The queue is passed on with the state unless it is larger than this, as JSON: both share one payload, whose size Temporal limits. */
const MAX_QUEUE_CHARS = 300_000;
/** How long the turn of a cancelled run may go on before its sends that wait are withdrawn. */
const MAX_LAST_TURN_MS = 10_000;
/** Histories from before this patch have no snapshot where they continue as new. */
const SNAPSHOT_PATCH = 'snapshot-at-continue-as-new';

/** The workflow of one conversation. A run that is cancelled finishes the turn it is in, and saves its snapshot. */
export async function conversation(input: ConversationInput): Promise<void> {
  assertInput(input, conversationInput);
  const root = CancellationScope.current();
  await CancellationScope.nonCancellable(() => run(input, root));
}

async function run(input: ConversationInput, root: CancellationScope): Promise<void> {
  const { conversation: id } = input;
  const now = createNow(input.clockAheadMs);
  const timer = createUpdatableTimer(now);
  const known = input.state === undefined ? undefined : readState(input.state);
  const queue: Incoming[] = known?.queue ?? [];
  const hookDeadline: HookDeadline = {};
  const cancellation = createSendCancellation();
  const offerAnswers = createOfferAnswers();
  if (queue.some(isTakeOver)) cancellation.cancel();
  const isCancelled = () => root.consideredCancelled;
  root.cancelRequested.catch(() => sleep(MAX_LAST_TURN_MS).then(() => cancellation.cancel()));
  let state = known;
  let turns = 0;
  let due: number | undefined = WORKING;
  let lastArrivalAt = now();

  /** A take-over cancels pending sends at once, before its turn comes. */
  const push = (incoming: Incoming): void => {
    queue.push(incoming);
    lastArrivalAt = now();
    if (isTakeOver(incoming)) cancellation.cancel();
  };
  const requests = createOutsideRequests({ conversation: id, state: () => state, queue, now, push });
  setOutsideHandlers(requests, { conversation: id, queue, state: () => state });
  setHandlers({
    offerAnswers,
    push,
    note: (incoming) => void queue.push(incoming),
    nextDue: () => hookDeadline.until ?? due,
    openSequences: () => Object.keys(state?.sequences ?? {}),
    inspect: () => state && { plugins: state.plugins, tags: state.tags, timers: listDeadlines(state, turns > 0) },
  });

  if (!state) {
    state = await openState(id, now());
    // What the run before did not come to, because it was cancelled.
    queue.unshift(...state.queue);
    if (queue.some(isTakeOver)) cancellation.cancel();
  }
  state.queue = queue;
  const updateVisibility = createVisibility(id, state);
  const parts = { conversation: id, state, now, hookDeadline, cancellation, offerAnswers, updateVisibility };
  // The run before ended with an operator answering; nothing gave the conversation back meanwhile.
  if (!known) await endOverdueTakeOver(parts);

  const arriving = { state, queue, now, lastArrivalAt: () => lastArrivalAt };

  for (;;) {
    for (let wasIdle = true; queue.length > 0 && !isCancelled(); wasIdle = false) {
      const size = mayGather(arriving) ? await gatherBurst(arriving) : 1;
      const [incoming, ...others] = queue.splice(0, size);
      if (!incoming) break;
      if (isTakeOver(incoming)) cancellation.reset();
      await takeTurn(parts, [incoming, ...others], wasIdle);
      turns += 1;
      if (mustContinue(queue)) break;
    }
    if (isCancelled()) {
      const waiting = queue.length;
      await saveSnapshot(id, state);
      if (queue.length > waiting) continue;
      updateVisibility('idle');
      throw new CancelledFailure('The conversation was cancelled; its state is in the store');
    }
    await runDueWork(parts);
    updateVisibility();
    if (queue.length > 0 && !mustContinue(queue)) continue;
    if (!allHandlersFinished()) {
      await requests.finishUpdates();
      continue;
    }

    const hasGoneQuiet = turns > 0 && isQuietLongEnough(state, now());
    // A run that is pinned to a build moves to the current one.
    if (turns > 0 && workflowInfo().targetWorkerDeploymentVersionChanged) await continueOnNewBuild({ ...input, state });
    if (hasGoneQuiet || workflowInfo().continueAsNewSuggested) {
      if (patched(SNAPSHOT_PATCH)) await saveSnapshot(id, state);
      if ((queue.length > 0 && !mustContinue(queue)) || isCancelled() || !allHandlersFinished()) continue;
      await continueAsNew<typeof conversation>({ ...input, state });
    }
    if (canClose(state, now())) {
      await saveSnapshot(id, state);
      // A signal came meanwhile: the conversation goes on, and saves its snapshot again at its end.
      if (queue.length > 0 || isCancelled()) continue;
      updateVisibility('idle');
      return;
    }
    const [next] = listDeadlines(state, turns > 0);
    due = next?.at;
    await timer.wait(() => queue.length > 0 || isCancelled(), next?.at, next?.summary ?? '');
    due = WORKING;
  }
}

/** Whether the run continues as new although events wait: somebody who never stops writing must not fill the history. */
function mustContinue(queue: readonly Incoming[]): boolean {
  return workflowInfo().continueAsNewSuggested && JSON.stringify(queue).length <= MAX_QUEUE_CHARS;
}

function continueOnNewBuild(input: ConversationInput): Promise<never> {
  return makeContinueAsNewFunc<typeof conversation>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(input);
}

function isTakeOver(incoming: Incoming): boolean {
  const { type } = incoming;
  return (
    type === 'take-over' ||
    type === 'operator-message' ||
    (incoming.type === 'event' && isTakeOverEvent(incoming.item.event))
  );
}
