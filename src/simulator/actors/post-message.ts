import { newMid, type MessageAuthor, type MessageContent } from '../state/messages.ts';
import { tell, type World } from '../state/simulator-state.ts';
import { deliveryItem, echoItem } from '../webhook/webhook-items.ts';

/** Something said on the Page's side, by whichever app. */
export interface Utterance {
  readonly author: MessageAuthor;
  readonly appId: string;
  readonly content: MessageContent;
  readonly metadata?: string;
  readonly replyTo?: { readonly mid: string; readonly is_self_reply: boolean };
}

/** Puts it in the thread, with its echo and its receipt; gives the message id. */
export function speak(world: World, psid: string, { author, ...utterance }: Utterance): string {
  const mid = newMid();
  const at = world.now(psid);
  const thread = world.threadOf(psid);
  world.database.together(() => {
    world.messages.add({ mid, psid, author, content: utterance.content, at });
    tell(world, { psid, kind: 'echo', about: mid, item: echoItem(thread, at, { mid, ...utterance }), at });
    tell(world, { psid, kind: 'delivery', about: mid, item: deliveryItem(thread, at, mid), at });
  });
  world.live.stopTyping(psid);
  world.live.changed(psid);
  return mid;
}
