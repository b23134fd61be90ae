/** When `onWindowClosing` is called, and for which plugins. A bot without that hook pays nothing for it. */

import { msOf } from '../../plugins/duration.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import { windowClosesAt } from '../../policy/messaging-window.ts';
import { windowClosingPlugins } from '../bot.ts';
import type { ConversationState } from './conversation-state.ts';

/** One call of `onWindowClosing` that is still to come. */
export interface PendingWindowClosing {
  readonly plugin: Plugin;
  /** When the hook is called, epoch ms. */
  readonly at: number;
  /** When the window closes, epoch ms. */
  readonly closesAt: number;
}

/** The calls that are still to come for the window as it is now. */
export function pendingWindowClosings({
  windowOpenedAt,
  closingTold = {},
}: ConversationState): readonly PendingWindowClosing[] {
  const subscribers = windowClosingPlugins();
  if (subscribers.length === 0 || windowOpenedAt === undefined) return [];
  const closesAt = windowClosesAt(windowOpenedAt);
  return subscribers
    .filter(({ name }) => closingTold[name] !== windowOpenedAt)
    .map((plugin) => ({ plugin, at: closesAt - msOf(plugin.beforeWindowCloses ?? '1 hour'), closesAt }));
}

/** Makes the call the last one for this window; the next window begins when the person opens it again. */
export function markNotified(state: ConversationState, { plugin }: PendingWindowClosing): void {
  if (state.windowOpenedAt === undefined) return;
  state.closingTold = { ...state.closingTold, [plugin.name]: state.windowOpenedAt };
}
