import { textAt } from '../json.ts';
import { tell, type World } from '../state/simulator-state.ts';
import { appIdOf, inboxAppId, type ThreadControl, type ThreadOwner } from '../state/thread-control.ts';
import { handoverItem } from '../webhook/routing-items.ts';
import { OTHER_APP_ID, PAGE_INBOX_APP_ID } from '../webhook/webhook-items.ts';

/** Conversation Routing, as the Page's settings and the other apps of the Page turn it. */
export interface RoutingSide {
  /**
   * Turns routing on in this thread, or changes who owns it. Our app hears of it when it gets the thread (`pass`) or
   * loses it (`take`). `isDefaultApp`: whether ours is the Page's default app, which alone may write while a thread is
   * idle; as it was when left out, at first true.
   */
  givesThreadTo(psid: string, owner: ThreadOwner, settings?: { isDefaultApp?: boolean; metadata?: string }): void;
  /** Another app asks our app for the thread. */
  asksForThread(psid: string, metadata?: string): void;
  /** Back to the Page without a default app, where every app may write. */
  stopsRouting(psid: string): void;
}

export function createRoutingSide(world: World): RoutingSide {
  const { appId } = world.options;
  return {
    givesThreadTo(psid, owner, { isDefaultApp, metadata } = {}) {
      world.people.get(psid);
      changeOwner(world, psid, appIdOf(owner, appId, world.channel), { isDefaultApp, metadata });
    },
    asksForThread(psid, metadata) {
      const at = world.now(world.people.get(psid).psid);
      const handover = { kind: 'request', by: OTHER_APP_ID } as const;
      tell(world, { psid, kind: 'handover', item: handoverItem(world.threadOf(psid), at, handover, metadata), at });
      world.live.changed(psid);
    },
    stopsRouting(psid) {
      world.threadControls.turnOff(world.people.get(psid).psid);
      world.live.changed(psid);
    },
  };
}

/** Somebody else than our app decides who owns the thread; ours is told what becomes of it. */
export function changeOwner(
  world: World,
  psid: string,
  to: string | undefined,
  { isDefaultApp, metadata }: { isDefaultApp?: boolean | undefined; metadata?: string | undefined } = {},
): void {
  const { appId } = world.options;
  const at = world.now(psid);
  const before = world.threadControls.of(psid, at);
  const from = before?.ownerAppId;
  const isDefault = isDefaultApp ?? before?.isDefaultApp ?? true;
  const thread = world.threadOf(psid);
  const say = (kind: 'pass' | 'take', owner: string): void =>
    tell(world, { psid, kind: 'handover', item: handoverItem(thread, at, { kind, from, to: owner }, metadata), at });
  world.database.together(() => {
    putOwner(world, psid, { ...(to !== undefined && { ownerAppId: to }), isDefaultApp: isDefault });
    if (to === appId && from !== appId) say('pass', to);
    if (from === appId && to !== undefined && to !== appId) say('take', to);
  });
}

/** Our app decides; nobody tells it what it did itself. */
export function putOwner(world: World, psid: string, control: ThreadControl): void {
  world.threadControls.put(psid, control, world.now(psid));
  world.live.changed(psid);
}

/**
 * What a send of our app makes of the thread: it owns it from then on, unless the request passes or releases it. Meta
 * also says that control "is released by default" when nothing is asked for; the option `releasesThreadAfterSend`
 * reads it that way.
 */
export function controlAfterSend(world: World, psid: string, wish: unknown): void {
  const control = world.threadControls.of(psid, world.now(psid));
  if (!control) return;
  const { isDefaultApp } = control;
  const type = textAt(wish, 'control_type');
  const releases = type === undefined ? world.options.releasesThreadAfterSend === true : type === 'release';
  const passedTo = type === 'pass' ? connectedApp(world, textAt(wish, 'app_id')) : undefined;
  const ownerAppId = passedTo ?? (releases ? undefined : world.options.appId);
  putOwner(world, psid, { isDefaultApp, ...(ownerAppId !== undefined && { ownerAppId }) });
}

/** An app that may own a thread; the Page inbox has two ids, as Meta's pages contradict each other. */
export function connectedApp({ options, channel }: World, appId: string | undefined): string | undefined {
  if (appId === '26390203743090') return PAGE_INBOX_APP_ID;
  return [options.appId, OTHER_APP_ID, inboxAppId(channel)].find((known) => known === appId);
}
