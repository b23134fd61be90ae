import type { SimulatorState } from '../simulator-state.ts';
import { newMid, type MessageAuthor, type MessageContent } from '../state/messages.ts';
import { deliveryItem, echoItem } from '../webhook/webhook-items.ts';
import { emitWebhook } from './emit-webhook.ts';

/** A message to a person, from the bot or another sender of the Page. */
export interface PageMessage {
  readonly author: MessageAuthor;
  /** The app whose id the echo names; missing for a native app. */
  readonly appId?: string;
  readonly content: MessageContent;
  readonly metadata?: string;
  readonly replyTo?: { readonly mid: string; readonly is_self_reply: boolean };
}

/** Adds a message to the thread, with its echo and delivery receipt; returns the message id. */
export function postMessage(state: SimulatorState, psid: string, { author, ...named }: PageMessage): string {
  const { appId: _, metadata: __, ...unnamed } = named;
  const message = state.options.echoes === 'unnamed' && author === 'bot' ? unnamed : named;
  const mid = newMid();
  const at = state.now(psid);
  const thread = state.threadOf(psid);
  state.database.transaction(() => {
    state.messages.add({ mid, psid, author, content: message.content, at });
    emitWebhook(state, { psid, kind: 'echo', about: mid, item: echoItem(thread, at, { mid, ...message }), at });
    emitWebhook(state, { psid, kind: 'delivery', about: mid, item: deliveryItem(thread, at, mid), at });
  });
  state.live.stopTyping(psid);
  state.live.notify(psid);
  return mid;
}
