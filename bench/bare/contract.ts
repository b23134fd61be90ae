/** What the bare loop's worker and its load generator agree on. */

import { PAGE_ID } from '../people.ts';

export const BARE_TASK_QUEUE = 'bare';
export const BARE_TYPE = 'bareConversation';
export const BARE_SIGNAL = 'message';

export interface BareMessage {
  readonly mid: string;
  readonly text: string;
}

export interface BareActivities {
  answer(psid: string, message: BareMessage): Promise<string>;
}

export function bareConversationId(psid: string): string {
  return `bare:${PAGE_ID}:${psid}`;
}
