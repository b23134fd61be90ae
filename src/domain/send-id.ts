import type { ConversationId } from './conversation-id.ts';

/**
 * Names one send, the same when its turn runs again: `{conversation}/{cause}/{ordinal}`, of a sequence
 * `{conversation}/{cause}/{sequence}/{ordinal}`. Meta gets it as `message.metadata` and gives it back in the echo; it is
 * the key of the ledger, so its form never changes.
 */
export type SendId = `${ConversationId}/${string}`;

/** The send with this ordinal of a conversation's turn. */
export function turnSendId(conversation: ConversationId, causeId: string, ordinal: number): SendId {
  return `${conversation}/${causeId}/${ordinal}`;
}

/** The send with this ordinal of a run of a sequence. */
export function sequenceSendId(
  conversation: ConversationId,
  causeId: string,
  sequence: string,
  ordinal: number,
): SendId {
  return `${conversation}/${causeId}/${sequence}/${ordinal}`;
}

/** Part `index` of a message that was split because it is too long; the first part has the id of the send itself. */
export function partSendId(sendId: SendId, index: number): SendId {
  return index === 0 ? sendId : `${sendId}.${index}`;
}

/** The same message with a fresh upload, after Meta no longer knew its attachment. */
export function reuploadSendId(sendId: SendId): SendId {
  return `${sendId}.again`;
}

/** The conversation that a send belongs to. */
export function conversationOfSend(sendId: SendId): ConversationId {
  return sendId.slice(0, sendId.indexOf('/')) as ConversationId;
}
