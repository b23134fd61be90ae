/** Names and types that the bare loop's worker shares with the load generator. */

import { PAGE_ID, type Side } from '../people.ts';

/** The bare loops: one with the SDK's defaults, and one tuned like everthread. */
export type BareSide = Exclude<Side, 'everthread'>;

/** Each loop's task queue. */
export const BARE_TASK_QUEUES: Record<BareSide, string> = { bare: 'bare', tuned: 'bare-tuned' };
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
