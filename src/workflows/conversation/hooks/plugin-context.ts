import { log } from '@temporalio/workflow';
import { freezeJson } from '../../../plugins/plain-json.ts';
import type { ActivityFunctions } from '../../../plugins/plugin-activities.ts';
import type { Plugin, PluginContext } from '../../../plugins/plugin.ts';
import { createBotActivities } from '../../bot-activities.ts';
import { quietUntil } from '../../time.ts';
import type { Turn } from '../turn.ts';
import { createActivityMethods } from './activity-methods.ts';
import { createEffectMethods } from './effect-methods.ts';
import type { PendingRequests } from './pending-requests.ts';
import { createSendMethods } from './send-methods.ts';

/** Later the person has another concern. */
const MAX_HANDBACK_AGE_MS = 24 * 3_600_000;

/** The context of one hook. `draft.state` is the plugin's state while the hook runs. */
export function createPluginContext(
  turn: Turn,
  plugin: Plugin,
  draft: { state: object },
  requests: PendingRequests,
): PluginContext {
  const { state } = turn;
  let activities: ActivityFunctions | undefined;
  return {
    conversation: turn.conversation,
    contact: state.contact,
    get now() {
      return turn.now();
    },
    get quietUntil() {
      return quietUntil(turn.now(), state.contact);
    },
    get state() {
      return draft.state;
    },
    set state(next: object) {
      draft.state = next;
    },
    get tags() {
      return freezeJson(state.tags);
    },
    get lines() {
      return state.lines.map((line) => ({ ...line }));
    },
    get activities() {
      activities ??= createBotActivities(plugin.activities, {
        prefix: `${turn.cause.id}/${plugin.name}`,
        counts: turn.callCounts,
        run: (call) => requests.run(call),
      });
      return activities;
    },
    get handback() {
      return recentHandback(turn);
    },
    log: createPluginLog(plugin.name),
    ...createSendMethods(turn, plugin, requests),
    ...createEffectMethods(turn, plugin, requests),
    ...createActivityMethods(turn, requests),
  };
}

function recentHandback({ state, now }: Turn): PluginContext['handback'] {
  const { handback } = state;
  return handback && now() - handback.at < MAX_HANDBACK_AGE_MS ? { ...handback } : undefined;
}

function createPluginLog(plugin: string): PluginContext['log'] {
  return {
    info: (message, fields) => log.info(message, { plugin, ...fields }),
    warn: (message, fields) => log.warn(message, { plugin, ...fields }),
    error: (message, fields) => log.error(message, { plugin, ...fields }),
  };
}
