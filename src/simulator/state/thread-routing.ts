import type { Channel } from '../../domain/conversation-id.ts';
import { inboxAppId } from '../../messenger/meta-apps.ts';
import type { SimulatorDatabase } from './database.ts';

/** Another vendor's app on the same Page, such as a customer service desk. Invented. */
export const OTHER_APP_ID = '690011223344556';

/** Control ends this long after the last message of either side (Meta, Conversation Routing, read 2026-10-06). */
const CONTROL_MS = 24 * 3_600_000;
/** The longest duration that `extend_thread_control` accepts. */
export const MAX_CONTROL_MS = 7 * 24 * 3_600_000;

/** Who may write in a thread under Conversation Routing; in an `idle` one nobody but the default app. */
export type ThreadOwnerKind = 'us' | 'other_app' | 'page_inbox' | 'idle';

/** Conversation Routing in one thread. There is none where routing is off: every app may write. */
export interface ThreadRouting {
  /** Missing while the thread is idle. */
  readonly ownerAppId?: string;
  /** Whether our app is the default app of the Page's settings. */
  readonly isDefaultApp: boolean;
}

/** Conversation Routing of all threads. `now` is the person's clock. */
export interface ThreadRoutings {
  /** The routing at this time; `undefined` where it is off. */
  find(psid: string, now: number): ThreadRouting | undefined;
  /** Turns routing on in the thread, or changes its owner. */
  set(psid: string, control: ThreadRouting, now: number): void;
  /** Renews control after a message, unless it has ended. */
  renew(psid: string, now: number): void;
  /** Lets control last `ms` after the last message. */
  extend(psid: string, ms: number): void;
  /** Turns routing off: every app may write. */
  turnOff(psid: string): void;
}

interface ThreadRoutingRow {
  readonly owner_app_id: string | null;
  readonly is_default_app: number;
  readonly active_at: number;
  readonly lasts_ms: number;
}

/** `everywhere` is the routing of threads that have none of their own. */
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

/** Whether our app may write in a thread. While it is idle, only the default app may. */
export function mayWrite(control: ThreadRouting | undefined, appId: string): boolean {
  if (!control) return true;
  return control.ownerAppId === undefined ? control.isDefaultApp : control.ownerAppId === appId;
}

/** The owner as people name it. */
export function ownerKindOf({ ownerAppId }: ThreadRouting, appId: string): ThreadOwnerKind {
  if (ownerAppId === undefined) return 'idle';
  if (ownerAppId === appId) return 'us';
  return ownerAppId === OTHER_APP_ID ? 'other_app' : 'page_inbox';
}

/** The app behind an owner; `undefined` for `idle`. */
export function appIdOf(owner: ThreadOwnerKind, appId: string, channel: Channel): string | undefined {
  return { us: appId, other_app: OTHER_APP_ID, page_inbox: inboxAppId(channel), idle: undefined }[owner];
}
