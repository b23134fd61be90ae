/** Updates and queries of operators; an update with a wrong content is rejected with a sentence. */

import { setHandler } from '@temporalio/workflow';
import * as checks from '../checks/messages.ts';
import { assertUpdate } from '../checks/receive.ts';
import {
  conversationViewQuery,
  giveBackUpdate,
  operatorMessageUpdate,
  startSequenceUpdate,
  takeOverUpdate,
  type ConversationView,
  type GiveBackRequest,
  type TakeOverRequest,
} from '../contract/index.ts';
import type { ConversationState } from './conversation-state.ts';
import type { OperatorRequests } from './operator-requests.ts';
import { progressOf } from './visibility.ts';

/** The longest name of an operator, and the longest word for the bot. */
const MAX_NAME_CHARS = 100;
const MAX_NOTE_CHARS = 2000;
/** Send ids are made of it. */
const KEY = /^[\w-]{1,64}$/;

/** Sets the handlers. Call it before the first await, so that no update is missed. */
export function setOperatorHandlers(requests: OperatorRequests, state: () => ConversationState | undefined): void {
  setHandler(takeOverUpdate, (request) => requests.takeOver(request), {
    description: 'An operator answers from now on; the bot is silent.',
    validator(request: TakeOverRequest) {
      assertUpdate(takeOverUpdate.name, request, checks.takeOver);
      checkOperator(request.operator);
    },
  });
  setHandler(giveBackUpdate, (request) => requests.giveBack(request), {
    description: 'The bot answers again.',
    validator(request: GiveBackRequest | undefined) {
      const { operator, note = '' } = request ?? {};
      checkOperator(operator);
      if (typeof note !== 'string' || note.length > MAX_NOTE_CHARS) {
        throw new Error(`A note is a text of at most ${MAX_NOTE_CHARS} characters.`);
      }
    },
  });
  setHandler(operatorMessageUpdate, (request) => requests.sendMessage(request), {
    description: 'An operator writes to the person.',
    validator({ key, operator }) {
      checkKey(key);
      checkOperator(operator, true);
    },
  });
  setHandler(startSequenceUpdate, (request) => requests.startSequence(request), {
    description: 'An operator starts a sequence for the person.',
    validator({ key, name }) {
      checkKey(key);
      if (typeof name !== 'string') throw new Error('A sequence has a name.');
    },
  });
  setHandler(conversationViewQuery, () => {
    const known = state();
    if (!known) return { sequences: [], progress: [] };
    const { human } = known;
    return {
      ...(human && { human: shownHuman(human) }),
      sequences: Object.keys(known.sequences),
      progress: progressOf(known).map(([plugin, progress]) => ({ plugin, progress })),
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

function checkKey(key: unknown): void {
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new Error('A key has 1 to 64 letters, digits, "-" and "_".');
  }
}

function checkOperator(operator: unknown, isRequired = false): void {
  if (operator === undefined && !isRequired) return;
  const { name } = (operator ?? {}) as { name?: unknown };
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME_CHARS) {
    throw new Error(`An operator has a name of 1 to ${MAX_NAME_CHARS} characters: { "name": "Mia" }.`);
  }
}
