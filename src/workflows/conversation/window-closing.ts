/** The hook `onWindowClosing`: whom it calls, and when. Nothing of it costs a bot whose plugins do not have it. */

import { msOf } from '../../plugins/duration.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import { windowClosesAt } from '../../policy/messaging-window.ts';
import { plugins } from '../bot.ts';
import type { ConversationState } from './conversation-state.ts';

export interface Closing {
  readonly plugin: Plugin;
  /** When the hook is called, epoch ms. */
  readonly at: number;
  readonly closesAt: number;
}

const interested = plugins.filter((plugin) => typeof plugin.onWindowClosing === 'function');

/** Calls that are still to come for the window as it is now. */
export function closings({ windowOpenedAt, closingTold = {} }: ConversationState): readonly Closing[] {
  if (interested.length === 0 || windowOpenedAt === undefined) return [];
  const closesAt = windowClosesAt(windowOpenedAt);
  return interested
    .filter(({ name }) => closingTold[name] !== windowOpenedAt)
    .map((plugin) => ({ plugin, at: closesAt - msOf(plugin.beforeWindowCloses ?? '1 hour'), closesAt }));
}

/** One call for each window: the next is that of a window which an action of the person opened. */
export function markTold(state: ConversationState, { plugin }: Closing): void {
  if (state.windowOpenedAt === undefined) return;
  state.closingTold = { ...state.closingTold, [plugin.name]: state.windowOpenedAt };
}
