import { plugins } from '../bot.ts';
import { startBudget } from '../injected/step-budget.ts';
import type { ConversationState } from './conversation-state.ts';

const LONGEST = 160;

/** What plugins say of how far this person has come, by the plugin's name; one that fails says nothing. */
export function progressOf(state: ConversationState): readonly (readonly [plugin: string, progress: string])[] {
  return plugins.flatMap((plugin) => {
    const known = state.plugins[plugin.name];
    // A state that is to be migrated first is not the plugin's yet.
    if (!plugin.progress || known?.version !== (plugin.version ?? 1)) return [];
    try {
      startBudget();
      const progress: unknown = plugin.progress(known.state);
      return typeof progress === 'string' ? [[plugin.name, progress.slice(0, LONGEST)] as const] : [];
    } catch {
      return [];
    }
  });
}
