import { requireText } from '../check/require.ts';

/** Something a Page does in a thread without saying a word. Meta, send-messages/sender-actions, 2026-01-21. */
export type SenderAction =
  | { readonly sender_action: 'typing_on' | 'typing_off' | 'mark_seen' }
  | { readonly sender_action: 'react'; readonly payload: { readonly message_id: string; readonly reaction: string } }
  | { readonly sender_action: 'unreact'; readonly payload: { readonly message_id: string } };

/** The body of `POST /{page-id}/messages` for an action; the answer has no message id. */
export type SenderActionRequest = SenderAction & { readonly recipient: { readonly id: string } };

/** Shows three dots to the person, for 20 seconds or until the next message. */
export function typingOn(): SenderAction {
  return { sender_action: 'typing_on' };
}

/** Takes the three dots away. */
export function typingOff(): SenderAction {
  return { sender_action: 'typing_off' };
}

/** Shows the person that what they wrote was seen. */
export function markSeen(): SenderAction {
  return { sender_action: 'mark_seen' };
}

/** Puts an emoji on a message of the thread; another one takes its place. Since 2025-12-02. */
export function react(mid: string, emoji: string): SenderAction {
  const reaction = requireText('The emoji of a reaction', emoji);
  return { sender_action: 'react', payload: { message_id: requireMid(mid), reaction } };
}

/** Takes the Page's emoji off a message again. */
export function unreact(mid: string): SenderAction {
  return { sender_action: 'unreact', payload: { message_id: requireMid(mid) } };
}

/** An action for one person, as a request. */
export function senderActionRequest(psid: string, action: SenderAction): SenderActionRequest {
  return { recipient: { id: psid }, ...action };
}

function requireMid(mid: string): string {
  return requireText('The message that is reacted to', mid);
}
