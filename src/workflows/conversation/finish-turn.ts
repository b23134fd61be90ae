/** The end of a turn: handoffs and topics that hooks asked for while other hooks were still to run. */

import { log } from '@temporalio/workflow';
import { plugins, sequencesStartedBy } from '../bot.ts';
import { noteEmitted } from './emitted-topics.ts';
import { handOver } from './handoffs.ts';
import { runHook } from './hooks/run-hook.ts';
import { notifySequencesOfTopic, startSequence } from './sequence-signals.ts';
import type { Turn } from './turn.ts';

/** Plugins whose topics answer each other for ever are stopped here. */
const MAX_TOPICS_PER_TURN = 100;

/** Carries out the handoff and delivers the topics of a turn, and those that follow from them. */
export async function finishTurn(turn: Turn): Promise<void> {
  for (let delivered = 0; turn.takeOver || turn.topics.length > 0; delivered += 1) {
    const { takeOver } = turn;
    delete turn.takeOver;
    if (takeOver) await handOver(turn, { ...takeOver, by: 'plugin' });
    if (delivered > MAX_TOPICS_PER_TURN) {
      log.error(
        `More than ${MAX_TOPICS_PER_TURN} topics in one turn: do two plugins answer each other? The others are dropped`,
      );
      turn.topics = [];
    }
    await deliverFirstTopic(turn);
  }
}

/** Delivers one topic to plugins and sequences; topics that they emit come after those that wait. */
async function deliverFirstTopic(turn: Turn): Promise<void> {
  const [topic, ...others] = turn.topics;
  turn.topics = others;
  if (!topic) return;
  noteEmitted(turn, topic);
  for (const plugin of plugins()) {
    if (plugin.onTopic) await runHook(turn, plugin, 'onTopic', topic);
  }
  await notifySequencesOfTopic(turn, topic);
  for (const sequence of sequencesStartedBy(topic.name)) await startSequence(turn, sequence.name, topic.data);
}
