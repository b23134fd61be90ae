/** What a hook changes in its turn: tags, external ids, wake-ups, topics, handoffs. All of it is undone when the hook fails. */

import { wakeUpId } from '../../../domain/cause.ts';
import { checkExternalId, MAX_EXTERNAL_IDS } from '../../../domain/external-id.ts';
import { MAX_TAGS } from '../../../domain/tags.ts';
import { MAX_DATA_CHARS, MAX_TOPIC_NAME_CHARS, type Topic } from '../../../domain/topic.ts';
import { freezeJson, copyPlainJson } from '../../../plugins/plain-json.ts';
import type { Plugin, PluginContext } from '../../../plugins/plugin.ts';
import { checkTag } from '../../tags.ts';
import { checkLength, cyrb53 } from '../../text.ts';
import type { Turn } from '../turn.ts';
import { MAX_LABEL_CHARS } from './activity-methods.ts';
import type { PendingRequests } from './pending-requests.ts';

const MAX_WAKE_UPS = 50;
/** A wake-up that asks for itself again comes no sooner than this. */
const MIN_WAIT_MS = 1000;

/** Creates the part of a hook's context whose effects can be undone. */
export function createEffectMethods(
  turn: Turn,
  plugin: Plugin,
  requests: PendingRequests,
): Pick<PluginContext, 'wakeAt' | 'emit' | 'tag' | 'untag' | 'link' | 'handOver'> {
  const { state } = turn;
  return {
    wakeAt: (at, note = '') => {
      requests.assertOpen();
      if (!Number.isFinite(at)) throw new Error(`wakeAt was given ${at}. Give it a time, epoch ms.`);
      const others = state.wakeUps.filter((wakeUp) => wakeUp.plugin !== plugin.name || wakeUp.note !== note);
      if (others.length >= MAX_WAKE_UPS)
        throw new Error(
          `Plugin "${plugin.name}" has ${MAX_WAKE_UPS} wake-ups waiting, the most there can be. Give a wake-up the note of an earlier one to move that.`,
        );
      const occasion = wakeUpId(cyrb53(`${turn.cause.id}/${turn.wakeUps}`));
      turn.wakeUps += 1;
      state.wakeUps = [
        ...others,
        {
          plugin: plugin.name,
          at: Math.max(Math.round(at), turn.now() + MIN_WAIT_MS),
          note: checkLength('A note', note, MAX_LABEL_CHARS, 0),
          occasion,
        },
      ];
    },
    emit: (name: string, data?: unknown) => {
      requests.assertOpen();
      turn.topics = [...turn.topics, createTopic(name, data)];
    },
    tag: (tag) => {
      requests.assertOpen();
      if (state.tags.includes(tag)) return;
      if (state.tags.length >= MAX_TAGS)
        throw new Error(`This person has ${MAX_TAGS} tags, the most there can be. Remove one first with untag.`);
      state.tags = [...state.tags, checkTag(tag)];
    },
    untag: (tag) => {
      requests.assertOpen();
      state.tags = state.tags.filter((known) => known !== tag);
    },
    link: (system, id) => {
      requests.assertOpen();
      state.links = [...(state.links ?? []), checkExternalId(system, id)].slice(-MAX_EXTERNAL_IDS);
    },
    handOver: ({ reason, forMs }) => {
      requests.assertOpen();
      turn.takeOver = copyPlainJson({ reason, ...(forMs !== undefined && { forMs }) }, 'handOver');
    },
  };
}

function createTopic(name: string, data: unknown): Topic {
  checkLength("A topic's name", name, MAX_TOPIC_NAME_CHARS);
  return freezeJson({ name, ...(data !== undefined && { data: copyPlainJson(data, 'data', MAX_DATA_CHARS) }) });
}
