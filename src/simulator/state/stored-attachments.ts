import { randomInt } from 'node:crypto';
import { ATTACHMENT_LIFETIME_MS } from '../rules/limits.ts';
import type { SimulatorDatabase } from './database.ts';

/** A file behind an attachment id: uploaded content, or an address from which it is fetched when shown. */
export interface StoredAttachment {
  readonly id: string;
  readonly type: string;
  readonly url?: string;
  readonly content?: Buffer;
  readonly contentType?: string;
  /** When it was stored, epoch ms. */
  readonly at: number;
}

/** The files that attachment ids stand for. */
export interface StoredAttachments {
  /** Stores a file and returns its id. */
  add(attachment: Omit<StoredAttachment, 'id'>): string;
  find(id: string): StoredAttachment | undefined;
}

interface AttachmentRow {
  readonly id: string;
  readonly type: string;
  readonly url: string | null;
  readonly content: Buffer | null;
  readonly content_type: string | null;
  readonly at: number;
}

/** Attachments as the database holds them. */
export function createStoredAttachments(database: SimulatorDatabase): StoredAttachments {
  const insert = database.prepare(
    'INSERT INTO attachments (id, type, url, content, content_type, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const one = database.prepare<AttachmentRow>('SELECT * FROM attachments WHERE id = ?');
  return {
    add: ({ type, url, content, contentType, at }) => {
      const id = newAttachmentId();
      insert.run(id, type, url ?? null, content ?? null, contentType ?? null, at);
      return id;
    },
    find: (id) => {
      const row = one.get(id);
      if (!row) return undefined;
      return {
        id: row.id,
        type: row.type,
        at: row.at,
        ...(row.url !== null && { url: row.url }),
        ...(row.content !== null && { content: Buffer.from(row.content) }),
        ...(row.content_type !== null && { contentType: row.content_type }),
      };
    },
  };
}

/** An id expires after 90 days; `now` is the recipient's clock. */
export function isExpired({ at }: StoredAttachment, now: number): boolean {
  return now >= at + ATTACHMENT_LIFETIME_MS;
}

/** Fifteen digits, like Meta's ids. */
function newAttachmentId(): string {
  return `7${String(randomInt(0, 10 ** 14)).padStart(14, '0')}`;
}
