import type { AnyEventFields, Base } from './event-fields.ts';
import { fingerprint } from './fingerprint.ts';

const HOUR_MS = 3_600_000;

/** What tells events apart that have no id of their own. */
export interface Identity {
  /** The moment that Meta wrote into the item itself; it stays the same when the item is delivered again. */
  readonly ownTime: number | undefined;
  /** When Meta sent the notification; it differs each time. */
  readonly sentAt: number | undefined;
  readonly raw: unknown;
}

/**
 * Names the event so that a second delivery of it is recognised, by id where Meta gives one. Never by `entry.time` or
 * by the address of a photo: Meta changes both when it delivers again.
 */
export function dedupeKey(base: Base, told: AnyEventFields, identity: Identity): string {
  switch (told.kind) {
    case 'message':
    case 'echo':
    case 'unsend':
      return messageDedupeKey(told.kind, base.pageId, told.mid);
    case 'edit':
      return `edit:${base.pageId}:${told.mid}:${told.editNumber}`;
    case 'call':
      return `call:${base.pageId}:${told.callId}:${told.event}`;
    case 'postback':
      return told.mid ? `postback:${base.pageId}:${told.mid}` : keyByContent(base, told.kind, identity);
    default:
      return keyByContent(base, told.kind, identity);
  }
}

/** The key of the event of this kind that carries a message; an edit has its number in its key too. */
export function messageDedupeKey(kind: 'message' | 'echo' | 'unsend', pageId: string, mid: string): string {
  return `${kind}:${pageId}:${mid}`;
}

function keyByContent(base: Base, kind: string, identity: Identity): string {
  return `${kind}:${base.pageId}:${base.psid ?? ''}:${moment(identity)}:${fingerprint(identity.raw)}`;
}

/**
 * Feedback, labels and template status come without a moment of their own, and the same answer may well be given
 * again some day. The hour of delivery stands in: Meta delivers again at once and gives up after an hour
 * (webhooks, 2026-10-06). Across a full hour such an event counts twice, which is better than not at all.
 */
function moment({ ownTime, sentAt }: Identity): string {
  if (ownTime !== undefined) return String(ownTime);
  return sentAt === undefined ? '' : `hour${Math.floor(sentAt / HOUR_MS)}`;
}
