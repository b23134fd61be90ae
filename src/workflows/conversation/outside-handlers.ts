/** Updates and queries of operators and other systems; an update with a wrong content is rejected with a sentence. */

import { setHandler } from '@temporalio/workflow';
import * as checks from '../checks/messages.ts';
import { assertUpdate } from '../checks/receive.ts';
import {
  cancelScheduledUpdate,
  conversationViewQuery,
  emitTopicUpdate,
  giveBackUpdate,
  operatorMessageUpdate,
  scheduleMessageUpdate,
  startSequenceUpdate,
  takeOverUpdate,
  type CancelScheduledRequest,
  type ConversationView,
  type EmitTopicRequest,
  type ScheduleMessageRequest,
  type StartSequenceRequest,
} from '../contract/index.ts';
import type { ConversationState } from './conversation-state.ts';
import type { OutsideRequestParts, OutsideRequests } from './outside-requests.ts';
import { assertRoom } from './room.ts';
import { scheduledView } from './scheduled-messages.ts';
import { progressOf } from './visibility.ts';

/** Sets the handlers. Call it before the first await, so that no update is missed. */
export function setOutsideHandlers(
  requests: OutsideRequests,
  { conversation, queue, state }: Pick<OutsideRequestParts, 'conversation' | 'queue' | 'state'>,
): void {
  setHandler(takeOverUpdate, (request) => requests.takeOver(request), {
    description: 'An operator answers from now on; the bot is silent.',
    validator: (request) => assertUpdate(takeOverUpdate.name, request, checks.takeOver),
  });
  setHandler(giveBackUpdate, (request) => requests.giveBack(request), {
    description: 'The bot answers again.',
    validator: (request) => assertUpdate(giveBackUpdate.name, request, checks.giveBack),
  });
  setHandler(operatorMessageUpdate, (request) => requests.sendMessage(request), {
    description: 'An operator writes to the person.',
    validator: (request) => assertUpdate(operatorMessageUpdate.name, request, checks.operatorMessage),
  });
  setHandler(scheduleMessageUpdate, (request) => requests.scheduleMessage(request), {
    description: 'An operator writes to the person; the message goes out later.',
    validator: (request: ScheduleMessageRequest) => {
      assertUpdate(scheduleMessageUpdate.name, request, checks.scheduleMessage);
      assertRoom(queue, request);
    },
  });
  setHandler(cancelScheduledUpdate, (request) => requests.cancelScheduled(request), {
    description: 'A message that was to go out later does not go out.',
    validator: (request: CancelScheduledRequest) => {
      assertUpdate(cancelScheduledUpdate.name, request, checks.cancelScheduled);
      assertRoom(queue, request);
    },
  });
  setHandler(startSequenceUpdate, (request) => requests.startSequence(request), {
    description: 'An operator starts a sequence for the person.',
    validator: (request: StartSequenceRequest) => {
      assertUpdate(startSequenceUpdate.name, request, checks.startSequence);
      assertRoom(queue, request);
    },
  });
  setHandler(emitTopicUpdate, (request) => requests.emitTopic(request), {
    description: 'Another system emits a topic.',
    validator: (request: EmitTopicRequest) => {
      assertUpdate(emitTopicUpdate.name, request, checks.emitTopic);
      assertRoom(queue, request);
    },
  });
  setHandler(conversationViewQuery, () => {
    const known = state();
    if (!known) return { sequences: [], progress: [], turns: [] };
    const { human, turns = [] } = known;
    return {
      ...(human && { human: shownHuman(human) }),
      scheduled: scheduledView(conversation, known),
      sequences: Object.keys(known.sequences),
      progress: progressOf(known).map(([plugin, progress]) => ({ plugin, progress })),
      turns,
    };
  });
}

function shownHuman({
  reason,
  operator,
  since,
  until,
}: NonNullable<ConversationState['human']>): NonNullable<ConversationView['human']> {
  return {
    reason,
    ...(operator !== undefined && { operator }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}
