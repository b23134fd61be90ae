import type { Channel } from '../../domain/conversation-id.ts';
import { inboxAppId } from '../../messenger/meta-apps.ts';
import type { SimulatorDatabase } from './database.ts';

/** Another vendor's app on the same Page, such as a customer service desk. Invented. */
export const OTHER_APP_ID = '690011223344556';

const DAY_MS = 86_400_000;
/** Control ends this long after the last word of either side (Meta, Conversation Routing, read 2026-10-06). */
const CONTROL_MS = DAY_MS;
/** The longest that `extend_thread_control` takes. */
export const MAX_CONTROL_MS = 7 * DAY_MS;

/** Who may write in a thread under Conversation Routing; `idle`: nobody owns it, so only the default app. */
export type ThreadOwnerKind = 'us' | 'other_app' | 'page_inbox' | 'idle';

/** Conversation Routing in one thread; where it is off there is none, and every app may write. */
export interface ThreadRouting {
  /** Missing while the thread is idle. */
  readonly ownerAppId?: string;
  /** Whether our app is the one the Page's settings name as default. */
  readonly isDefaultApp: boolean;
}

export interface ThreadRoutings {
  /** Who owns the thread at this moment of the person's clock; `undefined` where routing is off. */
  find(psid: string, now: number): ThreadRouting | undefined;
  /** Turns routing on there, or changes who owns the thread. */
  set(psid: string, control: ThreadRouting, now: number): void;
  /** The person wrote: control lasts on, if it has not ended. */
  renew(psid: string, now: number): void;
  extend(psid: string, ms: number): void;
  /** Every app may write again. */
  turnOff(psid: string): void;
}

interface ThreadRoutingRow {
  readonly owner_app_id: string | null;
  readonly is_default_app: number;
  readonly active_at: number;
  readonly lasts_ms: number;
}

/** `everywhere`: what holds in a thread of which nobody said anything. */
export function createThreadRoutings(
  database: SimulatorDatabase,
  everywhere: ThreadRouting | undefined,
): ThreadRoutings {
  const one = database.prepare<ThreadRoutingRow>('SELECT * FROM thread_control WHERE psid = ?');
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
    find(psid, now) {
      const row = one.get(psid);
      if (!row) return everywhere;
      const isIdle = row.owner_app_id === null || now >= row.active_at + row.lasts_ms;
      return { isDefaultApp: row.is_default_app === 1, ...(!isIdle && { ownerAppId: row.owner_app_id ?? '' }) };
    },
    set: (psid, { ownerAppId, isDefaultApp }, now) =>
      put.run(psid, ownerAppId ?? null, isDefaultApp ? 1 : 0, now, CONTROL_MS),
    renew: (psid, now) => touch.run(now, psid),
    extend: (psid, ms) => extend.run(ms, psid),
    turnOff: (psid) => remove.run(psid),
  };
}

/** Whether our app may write there. While a thread is idle, only the default app may. */
export function mayWrite(control: ThreadRouting | undefined, appId: string): boolean {
  if (!control) return true;
  return control.ownerAppId === undefined ? control.isDefaultApp : control.ownerAppId === appId;
}

export function ownerKindOf({ ownerAppId }: ThreadRouting, appId: string): ThreadOwnerKind {
  if (ownerAppId === undefined) return 'idle';
  if (ownerAppId === appId) return 'us';
  return ownerAppId === OTHER_APP_ID ? 'other_app' : 'page_inbox';
}

export function appIdOf(owner: ThreadOwnerKind, appId: string, channel: Channel): string | undefined {
  return { us: appId, other_app: OTHER_APP_ID, page_inbox: inboxAppId(channel), idle: undefined }[owner];
}
