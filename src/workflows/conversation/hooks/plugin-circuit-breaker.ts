/** Circuit breaker of a plugin in one conversation: a hook that fails again and again disables its plugin for a while. */

import { log } from '@temporalio/workflow';
import type { Plugin } from '../../../plugins/plugin.ts';
import type { ConversationState } from '../conversation-state.ts';

/** Failures of the same hook in a row that open the breaker. */
const MAX_FAILURES_IN_A_ROW = 5;
const DISABLED_MS = 60 * 60_000;

/** Until when the plugin is disabled, epoch ms; `undefined` for one that takes part. A new version takes part at once. */
export function openUntil(state: ConversationState, { name, version = 1 }: Plugin, now: number): number | undefined {
  const breaker = state.aside?.[name];
  if (!breaker) return undefined;
  if (breaker.version === version && breaker.until > now) return breaker.until;
  const { [name]: _, ...others } = state.aside ?? {};
  state.aside = others;
  if (breaker.version !== version) countSuccess(state, name, breaker.hook);
  return undefined;
}

/** Ends a hook's row of failures. */
export function countSuccess(state: ConversationState, plugin: string, hook: string): void {
  const key = `${plugin}.${hook}`;
  if (state.failing?.[key] === undefined) return;
  const { [key]: _, ...others } = state.failing;
  state.failing = others;
}

/** Counts a failure; opens the breaker after {@link MAX_FAILURES_IN_A_ROW}, and at once for a plugin that was just disabled. */
export function countFailure(state: ConversationState, plugin: Plugin, hook: string, now: number): void {
  const { name, version = 1 } = plugin;
  const key = `${name}.${hook}`;
  const failures = (state.failing?.[key] ?? 0) + 1;
  state.failing = { ...state.failing, [key]: failures };
  if (failures < MAX_FAILURES_IN_A_ROW) return;
  state.aside = { ...state.aside, [name]: { version, hook, until: now + DISABLED_MS } };
  log.error(`Plugin "${name}" is disabled in this conversation for an hour: its hook ${hook} fails each time`, {
    plugin: name,
    hook,
    failures,
  });
}
