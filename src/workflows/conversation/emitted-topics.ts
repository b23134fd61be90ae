/** Topics of the bot for other systems: put into the outbox after the turn that emitted them. */

import { patched } from '@temporalio/workflow';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { isOwnTopic, type EmittedTopic } from '../../domain/outgoing-event.ts';
import type { Topic } from '../../domain/topic.ts';
import { storeActivities } from '../activity-proxies.ts';
import type { ConversationState } from './conversation-state.ts';
import type { Turn } from './turn.ts';

/** Histories from before this patch tell other systems of no topic. */
const PUT_TOPICS_PATCH = 'put-topics';

/** Of one call, as JSON: Temporal takes 2 MB in a payload, and a character has up to three bytes. */
export const MAX_CALL_CHARS = 500_000;

/** Notes a topic that was emitted. Of its own topics, such as `opt-out`, everthread tells where it stores what they say. */
export function noteEmitted(turn: Turn, { name, data }: Topic): void {
  if (isOwnTopic(name)) return;
  const { state, cause, now } = turn;
  const key = `${cause.id}/${turn.emits}`;
  turn.emits += 1;
  state.emitted = [...(state.emitted ?? []), { name, key, at: now(), ...(data !== undefined && { data }) }];
}

/** Puts what was noted into the outbox, for the destinations that want it. A reset of the run repeats it, which changes nothing. */
export async function putEmitted(
  conversation: ConversationId,
  state: Pick<ConversationState, 'emitted'>,
): Promise<void> {
  const { emitted = [] } = state;
  delete state.emitted;
  if (emitted.length === 0 || !patched(PUT_TOPICS_PATCH)) return;
  for (const topics of toBatches(emitted)) {
    const names = [...new Set(topics.map(({ name }) => name))].join(', ');
    await storeActivities.putTopics.executeWithOptions({ summary: `Topics: ${names}` }, [conversation, topics]);
  }
}

/** The topics in their order, cut where a call would be longer than {@link MAX_CALL_CHARS}. */
export function toBatches(emitted: readonly EmittedTopic[]): readonly (readonly EmittedTopic[])[] {
  const batches: EmittedTopic[][] = [];
  let room = 0;
  for (const topic of emitted) {
    const { length } = JSON.stringify(topic);
    if (length > room || batches.length === 0) {
      batches.push([]);
      room = MAX_CALL_CHARS;
    }
    batches.at(-1)?.push(topic);
    room -= length;
  }
  return batches;
}
