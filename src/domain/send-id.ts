import { inboxIdOf, operatorCause } from './cause.ts';
import type { ConversationId } from './conversation-id.ts';

/**
 * The id of one send, the same when its turn runs again: `{conversation}/{cause}/{ordinal}`, or for a sequence
 * `{conversation}/{cause}/{sequence}/{ordinal}`. Meta gets it, with a digest, as `message.metadata` and returns it in the
 * echo; it is the key of the ledger, so its form never changes.
 */
export type SendId = `${ConversationId}/${string}`;

/** The operator's message is the first of its turn, whether plugins hear of a handoff before it or not. */
export const OPERATOR_ORDINAL = 0;

/** The id of a send in a conversation's turn. */
export function turnSendId(conversation: ConversationId, causeId: string, ordinal: number): SendId {
  return `${conversation}/${causeId}/${ordinal}`;
}

/** The id of an operator's message; `key` names the request, so that the same one twice is one send. */
export function operatorSendId(conversation: ConversationId, key: string): SendId {
  return turnSendId(conversation, operatorCause(key).id, OPERATOR_ORDINAL);
}

/** The id of a send in a run of a sequence. */
export function sequenceSendId(
  conversation: ConversationId,
  causeId: string,
  sequence: string,
  ordinal: number,
): SendId {
  return `${conversation}/${causeId}/${sequence}/${ordinal}`;
}

/** The id of one part of a message that is too long for Meta; the first part has the id of the send. */
export function partSendId(sendId: SendId, index: number): SendId {
  return index === 0 ? sendId : `${sendId}.${index}`;
}

/** The id of the second send of a message whose attachment Meta no longer knew. */
export function reuploadSendId(sendId: SendId): SendId {
  return `${sendId}.again`;
}

/** The conversation that a send belongs to. */
export function conversationOfSend(sendId: SendId): ConversationId {
  return sendId.slice(0, sendId.indexOf('/')) as ConversationId;
}

/** Whether it is the first send of a turn that an inbound event caused. */
export function isFirstOfAnswer(sendId: SendId): boolean {
  const [, cause = '', ordinal, ...others] = sendId.split('/');
  return ordinal === '0' && others.length === 0 && inboxIdOf(cause) !== undefined;
}

/** Which sequence a send is of; `undefined` for a send of a conversation's turn. */
export function sequenceOfSend(sendId: SendId): string | undefined {
  const [, , sequence, ordinal] = sendId.split('/');
  return ordinal === undefined ? undefined : sequence;
}
