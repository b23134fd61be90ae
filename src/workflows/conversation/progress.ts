import { plugins } from '../bot.ts';
import { startStepBudget } from '../injected/step-budget.ts';
import type { ConversationState } from './conversation-state.ts';

const MAX_CHARS = 160;

/** What plugins say of how far this person has come, by the plugin's name; one that fails says nothing. */
export function progressOf(state: ConversationState): readonly (readonly [plugin: string, progress: string])[] {
  return plugins.flatMap((plugin) => {
    const known = state.plugins[plugin.name];
    // A state that is to be migrated first is not the plugin's yet.
    if (!plugin.progress || known?.version !== (plugin.version ?? 1)) return [];
    try {
      startStepBudget();
      const progress: unknown = plugin.progress(known.state);
      return typeof progress === 'string' ? [[plugin.name, progress.slice(0, MAX_CHARS)] as const] : [];
    } catch {
      return [];
    }
  });
}
