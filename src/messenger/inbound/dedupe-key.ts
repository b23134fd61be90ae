import type { AnyEventFields, Base } from './event-fields.ts';
import { fingerprint } from './fingerprint.ts';

const RETRY_PERIOD_MS = 3_600_000;

/** What distinguishes events without an id of their own. */
export interface Identity {
  /** The time inside the item, epoch ms; the same when Meta delivers the item again. */
  readonly ownTime: number | undefined;
  /** When Meta sent the notification, epoch ms; different in every delivery. */
  readonly sentAt: number | undefined;
  readonly raw: unknown;
}

/**
 * The key by which a second delivery of an event is recognised: its id, where Meta gives one. `entry.time` and the URLs
 * of files are no part of it, because Meta changes both when it delivers again. Persisted: the format must not change.
 */
export function dedupeKey(base: Base, fields: AnyEventFields, identity: Identity): string {
  switch (fields.kind) {
    case 'message':
    case 'echo':
    case 'unsend':
      return messageDedupeKey(fields.kind, base.pageId, fields.mid);
    case 'edit':
      return `edit:${base.pageId}:${fields.mid}:${fields.editNumber}`;
    case 'call':
      return `call:${base.pageId}:${fields.callId}:${fields.event}`;
    case 'postback':
      return fields.mid
        ? messageDedupeKey(fields.kind, base.pageId, fields.mid)
        : keyByContent(base, fields.kind, identity);
    default:
      return keyByContent(base, fields.kind, identity);
  }
}

/** The key of the event of this kind that has this message id; an edit has its number in its key too. */
export function messageDedupeKey(
  kind: 'message' | 'echo' | 'unsend' | 'postback',
  pageId: string,
  mid: string,
): string {
  return `${kind}:${pageId}:${mid}`;
}

function keyByContent(base: Base, kind: string, identity: Identity): string {
  return `${kind}:${base.pageId}:${base.psid ?? ''}:${timePart(identity)}:${fingerprint(identity.raw)}`;
}

/**
 * Feedback, labels and template status contain no time, and the same answer may be given again later. The hour of
 * delivery is used instead: Meta retries at once and gives up after an hour (webhooks, 2026-10-06). An event retried across
 * a full hour counts twice, which is better than being lost.
 */
function timePart({ ownTime, sentAt }: Identity): string {
  if (ownTime !== undefined) return String(ownTime);
  return sentAt === undefined ? '' : `hour${Math.floor(sentAt / RETRY_PERIOD_MS)}`;
}
