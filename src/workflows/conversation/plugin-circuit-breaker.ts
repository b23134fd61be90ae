/** A plugin whose hook fails again and again is set aside for a while, in the conversation where it does. */

import { log } from '@temporalio/workflow';
import type { Plugin } from '../../plugins/plugin.ts';
import type { ConversationState } from './conversation-state.ts';

/** In a row, of the same hook. */
const MAX_FAILURES = 5;
const ASIDE_MS = 60 * 60_000;

/** Until when it is left out, epoch ms; `undefined` for one that takes part. A new version of it takes part at once. */
export function openUntil(state: ConversationState, { name, version = 1 }: Plugin, now: number): number | undefined {
  const aside = state.aside?.[name];
  if (!aside) return undefined;
  if (aside.version === version && aside.until > now) return aside.until;
  const { [name]: _, ...others } = state.aside ?? {};
  state.aside = others;
  if (aside.version !== version) countSuccess(state, name, aside.hook);
  return undefined;
}

export function countSuccess(state: ConversationState, plugin: string, hook: string): void {
  const key = `${plugin}.${hook}`;
  if (state.failing?.[key] === undefined) return;
  const { [key]: _, ...others } = state.failing;
  state.failing = others;
}

/** Sets it aside after so many in a row; one that comes back and fails again is set aside at once. */
export function countFailure(state: ConversationState, plugin: Plugin, hook: string, now: number): void {
  const { name, version = 1 } = plugin;
  const key = `${name}.${hook}`;
  const failures = (state.failing?.[key] ?? 0) + 1;
  state.failing = { ...state.failing, [key]: failures };
  if (failures < MAX_FAILURES) return;
  state.aside = { ...state.aside, [name]: { version, hook, until: now + ASIDE_MS } };
  log.error(`Plugin "${name}" is set aside in this conversation for an hour: its hook ${hook} fails each time`, {
    plugin: name,
    hook,
    failures,
  });
}
