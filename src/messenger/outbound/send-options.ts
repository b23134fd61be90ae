import { checkedChoice, checkedFields, checkedId, checkedText, isFields, optional } from '../check/checked.ts';
import type { Delivery, Envelope, Sayable } from './outbound-message.ts';

/**
 * Quotes an earlier message above this one; a tap on the quote leads there. A long text quotes on its first part. Meta,
 * send-messages (`reply_to`, since 2025-07-15), read 2026-10-06.
 */
export function inReplyTo(mid: string, sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), replyTo: checkedText('The message that is quoted', mid) };
}

/** Says it in the name and with the face of a persona of the Page. Meta, send-messages/personas, read 2026-10-06. */
export function asPersona(personaId: string, sayable: Sayable): Envelope {
  return { ...envelopeOf(sayable), persona: checkedId('The id of a persona', personaId) };
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
  return isFields(sayable) && 'message' in sayable;
}

const NOTIFICATIONS = ['silent', 'none'] as const;

export function checkedDelivery(envelope: unknown): Delivery {
  const keys = ['message', 'replyTo', 'persona', 'notification'];
  const given = checkedFields('The envelope', envelope, keys, 'Use inReplyTo(…), asPersona(…) or silently(…)');
  return {
    ...optional(given, 'replyTo', (mid) => checkedText('The message that is quoted', mid)),
    ...optional(given, 'persona', (id) => checkedId('The id of a persona', id)),
    ...optional(given, 'notification', (word) => checkedChoice('The notification', word, NOTIFICATIONS)),
  };
}
