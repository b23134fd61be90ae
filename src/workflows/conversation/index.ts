/**
 * The conversation of one person with one Page. Signal and update handlers only push to a queue; one loop works it off in
 * order; all memory is one JSON value (`conversation-state.ts`). The workflow continues as new after a quiet time and
 * closes when nothing can happen any more.
 */

import {
  allHandlersFinished,
  continueAsNew,
  currentUpdateInfo,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { storeActivities } from '../activity-proxies.ts';
import {
  beginBroadcastSignal,
  giveBackUpdate,
  inboundEventsSignal,
  nextDueQuery,
  offerAnsweredSignal,
  openSequencesQuery,
  sequenceEndedSignal,
  tagsChangedSignal,
  takeOverUpdate,
  WORKING,
  type ConversationInput,
} from '../contract/index.ts';
import { createSendCancellation } from '../outbound/send-cancellation.ts';
import { createNow } from '../time.ts';
import { createUpdatableTimer } from '../updatable-timer.ts';
import { newState, readState, type ConversationState, type Incoming } from './conversation-state.ts';
import { canClose, isQuietLongEnough, nextDeadline } from './deadlines.ts';
import { runDueWork } from './due-work.ts';
import { gatherBurst, mayGather } from './gather.ts';
import { isTakeOverEvent } from './handoffs.ts';
import { createOfferAnswers } from './offer-answers.ts';
import { takeTurn } from './take-turn.ts';
import type { HookDeadline } from './turn.ts';
import { createVisibility } from './visibility.ts';

/** The queue is passed on with the state unless it is larger than this, as JSON: both share one payload, whose size Temporal limits. */
const MAX_QUEUE_CHARS = 300_000;

/** The workflow of one conversation. */
export async function conversation(input: ConversationInput): Promise<void> {
  const { conversation: id } = input;
  const now = createNow(input.clockAheadMs);
  const timer = createUpdatableTimer(now);
  const known = input.state === undefined ? undefined : readState(input.state);
  const queue: Incoming[] = known?.queue ?? [];
  const hookDeadline: HookDeadline = {};
  const cancellation = createSendCancellation();
  const offerAnswers = createOfferAnswers();
  if (queue.some(isTakeOver)) cancellation.cancel();
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

  // All handlers are set before the first await, so that no signal is missed.
  setHandler(inboundEventsSignal, (items) => {
    for (const item of items) push({ type: 'event', item });
  });
  setHandler(sequenceEndedSignal, (end) => void queue.push({ type: 'sequence-ended', end }));
  setHandler(offerAnsweredSignal, (answer) => offerAnswers.receive(answer));
  setHandler(beginBroadcastSignal, (begin) => void queue.push({ type: 'broadcast', begin }));
  setHandler(tagsChangedSignal, (change) => void queue.push({ type: 'tags', change }));
  setHandler(takeOverUpdate, (takeOver) => push({ type: 'take-over', takeOver, at: now(), ...updateId() }), {
    description: 'An operator answers from now on; the bot is silent.',
  });
  setHandler(giveBackUpdate, () => void queue.push({ type: 'give-back', at: now(), ...updateId() }), {
    description: 'The bot answers again.',
  });
  setHandler(nextDueQuery, () => hookDeadline.until ?? due);
  setHandler(openSequencesQuery, () => Object.keys(state?.sequences ?? {}));

  state ??= await openState(id, now());
  state.queue = queue;
  const updateVisibility = createVisibility(id, state);
  const parts = { conversation: id, state, now, hookDeadline, cancellation, offerAnswers, updateVisibility };

  const arriving = { state, queue, now, lastArrivalAt: () => lastArrivalAt };

  for (;;) {
    for (let wasIdle = true; queue.length > 0; wasIdle = false) {
      const size = mayGather(arriving) ? await gatherBurst(arriving) : 1;
      const [incoming, ...others] = queue.splice(0, size);
      if (!incoming) break;
      if (isTakeOver(incoming)) cancellation.reset();
      await takeTurn(parts, [incoming, ...others], wasIdle);
      turns += 1;
      if (mustContinue(queue)) break;
    }
    await runDueWork(parts);
    updateVisibility();
    if ((queue.length > 0 && !mustContinue(queue)) || !allHandlersFinished()) continue;

    const hasGoneQuiet = turns > 0 && isQuietLongEnough(state, now());
    // A run that is pinned to a build moves to the current one.
    if (turns > 0 && workflowInfo().targetWorkerDeploymentVersionChanged) await continueOnNewBuild({ ...input, state });
    if (hasGoneQuiet || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof conversation>({ ...input, state });
    }
    if (canClose(state, now())) {
      await storeActivities.saveSnapshot(id, state);
      // A signal came meanwhile: the conversation goes on, and saves its snapshot again at its end.
      if (queue.length > 0) continue;
      updateVisibility('idle');
      return;
    }
    const next = nextDeadline(state, turns > 0);
    due = next?.at;
    await timer.wait(() => queue.length > 0, next?.at, next?.summary ?? '');
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

/** The id of the update being handled: it is the same when the run is reset and the update is applied again. */
function updateId(): { readonly updateId?: string } {
  const { id } = currentUpdateInfo() ?? {};
  return id === undefined ? {} : { updateId: id };
}

function isTakeOver(incoming: Incoming): boolean {
  return incoming.type === 'take-over' || (incoming.type === 'event' && isTakeOverEvent(incoming.item.event));
}

/** The state of a conversation that opens: from its snapshot in the store, with the contact and tags of today. */
async function openState(id: ConversationId, now: number): Promise<ConversationState> {
  const { snapshot, contact, tags } = await storeActivities.openConversation(id);
  const state = snapshot === undefined ? newState(contact, now) : { ...readState(snapshot), contact };
  return tags === undefined ? state : { ...state, tags };
}
