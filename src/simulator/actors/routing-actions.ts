import { inboxAppId } from '../../messenger/meta-apps.ts';
import { textAtPath } from '../json.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { appIdOf, OTHER_APP_ID, type ThreadRouting, type ThreadOwnerKind } from '../state/thread-routing.ts';
import { handoverItem } from '../webhook/routing-items.ts';
import { emitWebhook } from './emit-webhook.ts';

/** Conversation Routing, as the Page's settings and other apps of the Page change it. */
export interface RoutingActions {
  /**
   * Turns routing on in this thread, or changes its owner. Our app gets a webhook when it receives the thread (`pass`)
   * or loses it (`take`). `isDefaultApp`: whether ours is the Page's default app, which alone may write while a thread
   * is idle; by default unchanged, at first `true`.
   */
  setThreadOwner(psid: string, owner: ThreadOwnerKind, settings?: { isDefaultApp?: boolean; metadata?: string }): void;
  /** Another app requests the thread from our app. */
  requestThread(psid: string, metadata?: string): void;
  /** Turns routing off in this thread: every app may write. */
  turnOffRouting(psid: string): void;
}

/** Routing changes that do not come from our app. */
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

/** Changes the owner on behalf of the Page or another app; our app gets a webhook if it gains or loses the thread. */
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
  const notify = (kind: 'pass' | 'take', owner: string): void =>
    emitWebhook(state, {
      psid,
      kind: 'handover',
      item: handoverItem(thread, at, { kind, from, to: owner }, metadata),
      at,
    });
  state.database.transaction(() => {
    setThreadRouting(state, psid, { ...(to !== undefined && { ownerAppId: to }), isDefaultApp: isDefault });
    if (to === appId && from !== appId) notify('pass', to);
    if (from === appId && to !== undefined && to !== appId) notify('take', to);
  });
}

/** Changes the routing on behalf of our app, which gets no webhook about its own calls. */
export function setThreadRouting(state: SimulatorState, psid: string, control: ThreadRouting): void {
  state.threadRoutings.set(psid, control, state.now(psid));
  state.live.notify(psid);
}

/**
 * Updates thread control after a send of our app, which then owns the thread unless the request passes or releases it.
 * Meta also says that control "is released by default" when nothing is asked for; the option `releasesThreadAfterSend`
 * reads it that way.
 */
export function updateControlAfterSend(state: SimulatorState, psid: string, threadControl: unknown): void {
  const control = state.threadRoutings.find(psid, state.now(psid));
  if (!control) return;
  const { isDefaultApp } = control;
  const type = textAtPath(threadControl, 'control_type');
  const releases = type === undefined ? state.options.releasesThreadAfterSend === true : type === 'release';
  const passedTo = type === 'pass' ? findConnectedAppId(state, textAtPath(threadControl, 'app_id')) : undefined;
  const ownerAppId = passedTo ?? (releases ? undefined : state.options.appId);
  setThreadRouting(state, psid, { isDefaultApp, ...(ownerAppId !== undefined && { ownerAppId }) });
}

/** The id of an app that may own a thread; the Page inbox has two ids, as Meta's pages contradict each other. */
export function findConnectedAppId(
  { options, channel }: SimulatorState,
  appId: string | undefined,
): string | undefined {
  if (appId === '26390203743090') return inboxAppId('messenger');
  return [options.appId, OTHER_APP_ID, inboxAppId(channel)].find((known) => known === appId);
}
