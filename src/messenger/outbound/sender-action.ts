import { requireText } from '../check/require.ts';

/** An action of a Page in a thread that is no message. Meta, send-messages/sender-actions, 2026-01-21. */
export type SenderAction =
  | { readonly sender_action: 'typing_on' | 'typing_off' | 'mark_seen' }
  | { readonly sender_action: 'react'; readonly payload: { readonly message_id: string; readonly reaction: string } }
  | { readonly sender_action: 'unreact'; readonly payload: { readonly message_id: string } };

/** The body of `POST /{page-id}/messages` for a sender action; the response has no message id. */
export type SenderActionRequest = SenderAction & { readonly recipient: { readonly id: string } };

/** Shows the typing indicator for 20 seconds or until the next message. */
export function typingOn(): SenderAction {
  return { sender_action: 'typing_on' };
}

/** Hides the typing indicator. */
export function typingOff(): SenderAction {
  return { sender_action: 'typing_off' };
}

/** Shows the person that their messages were seen. */
export function markSeen(): SenderAction {
  return { sender_action: 'mark_seen' };
}

/** Reacts to a message of the thread with an emoji, which replaces the earlier one. Since 2025-12-02. */
export function react(mid: string, emoji: string): SenderAction {
  const reaction = requireText('The emoji of a reaction', emoji);
  return { sender_action: 'react', payload: { message_id: requireMid(mid), reaction } };
}

/** Removes the Page's reaction from a message. */
export function unreact(mid: string): SenderAction {
  return { sender_action: 'unreact', payload: { message_id: requireMid(mid) } };
}

/** The request for a sender action. */
export function senderActionRequest(psid: string, action: SenderAction): SenderActionRequest {
  return { recipient: { id: psid }, ...action };
}

function requireMid(mid: string): string {
  return requireText('The message that is reacted to', mid);
}
