/** Names and types that the bare loop's worker shares with the load generator. */

import { PAGE_ID } from '../people.ts';

export const BARE_TASK_QUEUE = 'bare';
export const BARE_TYPE = 'bareConversation';
export const BARE_SIGNAL = 'message';

/** The payload of the signal. */
export interface BareMessage {
  readonly mid: string;
  readonly text: string;
}

/** The activities of the bare workflow. */
export interface BareActivities {
  answer(psid: string, message: BareMessage): Promise<string>;
}

/** The workflow id of a person. */
export function bareConversationId(psid: string): string {
  return `bare:${PAGE_ID}:${psid}`;
}
