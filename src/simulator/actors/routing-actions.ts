import { inboxAppId } from '../../messenger/meta-apps.ts';
import { textAtPath } from '../json.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { appIdOf, OTHER_APP_ID, type ThreadRouting, type ThreadOwnerKind } from '../state/thread-routing.ts';
import { handoverItem } from '../webhook/routing-items.ts';
import { emitWebhook } from './emit-webhook.ts';

/** Conversation Routing, as the Page's settings and the other apps of the Page turn it. */
export interface RoutingActions {
  /**
   * Turns routing on in this thread, or changes who owns it. Our app hears of it when it gets the thread (`pass`) or
   * loses it (`take`). `isDefaultApp`: whether ours is the Page's default app, which alone may write while a thread is
   * idle; as it was when left out, at first true.
   */
  setThreadOwner(psid: string, owner: ThreadOwnerKind, settings?: { isDefaultApp?: boolean; metadata?: string }): void;
  /** Another app asks our app for the thread. */
  requestThread(psid: string, metadata?: string): void;
  /** Back to the Page without a default app, where every app may write. */
  turnOffRouting(psid: string): void;
}

export function createRoutingActions(state: SimulatorState): RoutingActions {
  const { appId } = state.options;
  return {
    setThreadOwner(psid, owner, { isDefaultApp, metadata } = {}) {
      state.people.get(psid);
      changeThreadOwner(state, psid, appIdOf(owner, appId, state.channel), { isDefaultApp, metadata });
    },
    requestThread(psid, metadata) {
      const at = state.now(state.people.get(psid).psid);
      const handover = { kind: 'request', by: OTHER_APP_ID } as const;
      emitWebhook(state, {
        psid,
        kind: 'handover',
        item: handoverItem(state.threadOf(psid), at, handover, metadata),
        at,
      });
      state.live.notify(psid);
    },
    turnOffRouting(psid) {
      state.threadRoutings.turnOff(state.people.get(psid).psid);
      state.live.notify(psid);
    },
  };
}

/** Somebody else than our app decides who owns the thread; ours is told what becomes of it. */
export function changeThreadOwner(
  state: SimulatorState,
  psid: string,
  to: string | undefined,
  { isDefaultApp, metadata }: { isDefaultApp?: boolean | undefined; metadata?: string | undefined } = {},
): void {
  const { appId } = state.options;
  const at = state.now(psid);
  const before = state.threadRoutings.find(psid, at);
  const from = before?.ownerAppId;
  const isDefault = isDefaultApp ?? before?.isDefaultApp ?? true;
  const thread = state.threadOf(psid);
  const say = (kind: 'pass' | 'take', owner: string): void =>
    emitWebhook(state, {
      psid,
      kind: 'handover',
      item: handoverItem(thread, at, { kind, from, to: owner }, metadata),
      at,
    });
  state.database.transaction(() => {
    setThreadRouting(state, psid, { ...(to !== undefined && { ownerAppId: to }), isDefaultApp: isDefault });
    if (to === appId && from !== appId) say('pass', to);
    if (from === appId && to !== undefined && to !== appId) say('take', to);
  });
}

/** Our app decides; nobody tells it what it did itself. */
export function setThreadRouting(state: SimulatorState, psid: string, control: ThreadRouting): void {
  state.threadRoutings.set(psid, control, state.now(psid));
  state.live.notify(psid);
}

/**
 * What a send of our app makes of the thread: it owns it from then on, unless the request passes or releases it. Meta
 * also says that control "is released by default" when nothing is asked for; the option `releasesThreadAfterSend`
 * reads it that way.
 */
export function updateControlAfterSend(state: SimulatorState, psid: string, wish: unknown): void {
  const control = state.threadRoutings.find(psid, state.now(psid));
  if (!control) return;
  const { isDefaultApp } = control;
  const type = textAtPath(wish, 'control_type');
  const releases = type === undefined ? state.options.releasesThreadAfterSend === true : type === 'release';
  const passedTo = type === 'pass' ? findConnectedAppId(state, textAtPath(wish, 'app_id')) : undefined;
  const ownerAppId = passedTo ?? (releases ? undefined : state.options.appId);
  setThreadRouting(state, psid, { isDefaultApp, ...(ownerAppId !== undefined && { ownerAppId }) });
}

/** An app that may own a thread; the Page inbox has two ids, as Meta's pages contradict each other. */
export function findConnectedAppId(
  { options, channel }: SimulatorState,
  appId: string | undefined,
): string | undefined {
  if (appId === '26390203743090') return inboxAppId('messenger');
  return [options.appId, OTHER_APP_ID, inboxAppId(channel)].find((known) => known === appId);
}
