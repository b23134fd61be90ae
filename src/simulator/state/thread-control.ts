import type { Channel } from '../../domain/conversation-id.ts';
import { INSTAGRAM_INBOX_APP_ID, OTHER_APP_ID, PAGE_INBOX_APP_ID } from '../webhook/webhook-items.ts';
import type { SimulatorDatabase } from './database.ts';

const HOUR_MS = 3_600_000;
/** Control ends this long after the last word of either side (Meta, Conversation Routing, read 2026-10-06). */
const CONTROL_MS = 24 * HOUR_MS;
/** The longest that `extend_thread_control` takes. */
export const MAX_CONTROL_MS = 7 * 24 * HOUR_MS;

/** Who may write in a thread under Conversation Routing; `idle`: nobody owns it, so only the default app. */
export type ThreadOwner = 'us' | 'other_app' | 'page_inbox' | 'idle';

/** Conversation Routing in one thread; where it is off there is none, and every app may write. */
export interface ThreadControl {
  /** Missing while the thread is idle. */
  readonly ownerAppId?: string;
  /** Whether our app is the one the Page's settings name as default. */
  readonly isDefaultApp: boolean;
}

export interface ThreadControls {
  /** Who owns the thread at this moment of the person's clock; `undefined` where routing is off. */
  of(psid: string, now: number): ThreadControl | undefined;
  /** Turns routing on there, or changes who owns the thread. */
  put(psid: string, control: ThreadControl, now: number): void;
  /** The person wrote: control lasts on, if it has not ended. */
  touch(psid: string, now: number): void;
  extend(psid: string, ms: number): void;
  /** Every app may write again. */
  turnOff(psid: string): void;
}

interface Row {
  readonly owner_app_id: string | null;
  readonly is_default_app: number;
  readonly active_at: number;
  readonly lasts_ms: number;
}

/** `everywhere`: what holds in a thread of which nobody said anything. */
export function createThreadControls(
  database: SimulatorDatabase,
  everywhere: ThreadControl | undefined,
): ThreadControls {
  const one = database.prepare<Row>('SELECT * FROM thread_control WHERE psid = ?');
  const put = database.prepare(
    'INSERT OR REPLACE INTO thread_control (psid, owner_app_id, is_default_app, active_at, lasts_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const touch = database.prepare(
    `UPDATE thread_control SET active_at = ?1, owner_app_id = CASE WHEN ?1 < active_at + lasts_ms THEN owner_app_id END
     WHERE psid = ?2`,
  );
  const extend = database.prepare('UPDATE thread_control SET lasts_ms = ? WHERE psid = ?');
  const remove = database.prepare('DELETE FROM thread_control WHERE psid = ?');
  return {
    of(psid, now) {
      const row = one.get(psid);
      if (!row) return everywhere;
      const isIdle = row.owner_app_id === null || now >= row.active_at + row.lasts_ms;
      return { isDefaultApp: row.is_default_app === 1, ...(!isIdle && { ownerAppId: row.owner_app_id ?? '' }) };
    },
    put: (psid, { ownerAppId, isDefaultApp }, now) =>
      put.run(psid, ownerAppId ?? null, isDefaultApp ? 1 : 0, now, CONTROL_MS),
    touch: (psid, now) => touch.run(now, psid),
    extend: (psid, ms) => extend.run(ms, psid),
    turnOff: (psid) => remove.run(psid),
  };
}

/** Whether our app may write there. While a thread is idle, only the default app may. */
export function mayWrite(control: ThreadControl | undefined, appId: string): boolean {
  if (!control) return true;
  return control.ownerAppId === undefined ? control.isDefaultApp : control.ownerAppId === appId;
}

export function ownerOf({ ownerAppId }: ThreadControl, appId: string): ThreadOwner {
  if (ownerAppId === undefined) return 'idle';
  if (ownerAppId === appId) return 'us';
  return ownerAppId === OTHER_APP_ID ? 'other_app' : 'page_inbox';
}

export function appIdOf(owner: ThreadOwner, appId: string, channel: Channel): string | undefined {
  return { us: appId, other_app: OTHER_APP_ID, page_inbox: inboxAppId(channel), idle: undefined }[owner];
}

/** Meta's own inbox, in which people of the business answer by hand. */
export function inboxAppId(channel: Channel): string {
  return channel === 'instagram' ? INSTAGRAM_INBOX_APP_ID : PAGE_INBOX_APP_ID;
}
