import type { SimulatorState } from '../simulator-state.ts';
import { newMid, type MessageAuthor, type MessageContent } from '../state/messages.ts';
import { deliveryItem, echoItem } from '../webhook/webhook-items.ts';
import { emitWebhook } from './emit-webhook.ts';

/** Something said on the Page's side, by whichever app. */
export interface PageMessage {
  readonly author: MessageAuthor;
  readonly appId: string;
  readonly content: MessageContent;
  readonly metadata?: string;
  readonly replyTo?: { readonly mid: string; readonly is_self_reply: boolean };
}

/** Puts it in the thread, with its echo and its receipt; gives the message id. */
export function postMessage(state: SimulatorState, psid: string, { author, ...utterance }: PageMessage): string {
  const mid = newMid();
  const at = state.now(psid);
  const thread = state.threadOf(psid);
  state.database.transaction(() => {
    state.messages.add({ mid, psid, author, content: utterance.content, at });
    emitWebhook(state, { psid, kind: 'echo', about: mid, item: echoItem(thread, at, { mid, ...utterance }), at });
    emitWebhook(state, { psid, kind: 'delivery', about: mid, item: deliveryItem(thread, at, mid), at });
  });
  state.live.stopTyping(psid);
  state.live.notify(psid);
  return mid;
}
