import { isObject } from '../check/json.ts';
import { requireChoice, requireObject, requireId, requireText, readOptional } from '../check/require.ts';
import type { Delivery, Envelope, Sayable } from './outbound-message.ts';

/**
 * Quotes an earlier message, by its `mid`, above this one; a tap on the quote leads to it. The first part of a long text has
 * the quote. Meta, send-messages (`reply_to`, since 2025-07-15), read 2026-10-06.
 *
 * @throws BotError `text_empty` or `message_invalid`.
 */
export function inReplyTo(mid: string, sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), replyTo: requireText('The message that is quoted', mid) };
}

/**
 * Shows the message with the name and picture of a persona of the Page; Messenger only. Meta, send-messages/personas, read
 * 2026-10-06.
 *
 * @throws BotError `id_invalid`.
 */
export function asPersona(personaId: string, sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), persona: requireId('The id of a persona', personaId) };
}

/** The phone shows the message without a sound. Meta, Send API reference (`notification_type`), read 2026-10-06. */
export function silently(sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), notification: 'silent' };
}

/** The phone does not show a notification. Meta, Send API reference (`notification_type`), read 2026-10-06. */
export function withoutNotification(sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), notification: 'none' };
}

function envelopeOf(sayable: Sayable): Envelope {
  return isEnvelope(sayable) ? sayable : { message: sayable };
}

/** True for a message with delivery options. */
export function isEnvelope(sayable: unknown): sayable is Envelope {
  return isObject(sayable) && 'message' in sayable;
}

const NOTIFICATIONS = ['silent', 'none'] as const;

/** The delivery options of an envelope, whether built or written by hand. */
export function requireDelivery(envelope: unknown): Delivery {
  const keys = ['message', 'replyTo', 'persona', 'notification'];
  const given = requireObject('The envelope', envelope, keys, 'Use inReplyTo(…), asPersona(…) or silently(…)');
  return {
    ...readOptional(given, 'replyTo', (mid) => requireText('The message that is quoted', mid)),
    ...readOptional(given, 'persona', (id) => requireId('The id of a persona', id)),
    ...readOptional(given, 'notification', (mode) => requireChoice('The notification', mode, NOTIFICATIONS)),
  };
}
