import { isObject } from '../check/json.ts';
import { requireChoice, requireObject, requireId, requireText, readOptional } from '../check/require.ts';
import type { Delivery, Envelope, Sayable } from './outbound-message.ts';

/**
 * Quotes an earlier message above this one; a tap on the quote leads there. A long text quotes on its first part. Meta,
 * send-messages (`reply_to`, since 2025-07-15), read 2026-10-06.
 */
export function inReplyTo(mid: string, sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), replyTo: requireText('The message that is quoted', mid) };
}

/** Says it in the name and with the face of a persona of the Page. Meta, send-messages/personas, read 2026-10-06. */
export function asPersona(personaId: string, sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), persona: requireId('The id of a persona', personaId) };
}

/** Arrives without a sound. Meta, Send API reference (`notification_type`), read 2026-10-06. */
export function silently(sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), notification: 'silent' };
}

/** Arrives without the phone showing it. Meta, Send API reference (`notification_type`), read 2026-10-06. */
export function withoutNotification(sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), notification: 'none' };
}

function envelopeOf(sayable: Sayable): Envelope {
  return isEnvelope(sayable) ? sayable : { message: sayable };
}

export function isEnvelope(sayable: unknown): sayable is Envelope {
  return isObject(sayable) && 'message' in sayable;
}

const NOTIFICATIONS = ['silent', 'none'] as const;

export function requireDelivery(envelope: unknown): Delivery {
  const keys = ['message', 'replyTo', 'persona', 'notification'];
  const given = requireObject('The envelope', envelope, keys, 'Use inReplyTo(…), asPersona(…) or silently(…)');
  return {
    ...readOptional(given, 'replyTo', (mid) => requireText('The message that is quoted', mid)),
    ...readOptional(given, 'persona', (id) => requireId('The id of a persona', id)),
    ...readOptional(given, 'notification', (word) => requireChoice('The notification', word, NOTIFICATIONS)),
  };
}
