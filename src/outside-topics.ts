/** Topics that come from outside the bot, by the operator API or by an activity of the bot: whom they are for, and each key once. */

import { conversationParts, type ConversationId } from './domain/conversation-id.ts';
import type { ExternalId } from './domain/external-id.ts';
import type { Topic } from './domain/topic.ts';
import { hashJson } from './hash-json.ts';
import type { Store } from './store/index.ts';
import type { EmitTopicRequest, EmitTopicResult } from './workflows/contract/index.ts';

/** The longest key of a topic. */
export const MAX_TOPIC_KEY_CHARS = 200;

/** A topic for one person. */
export interface OutsideTopic {
  readonly conversation: ConversationId;
  /** Names the occurrence: the same key for the same person is one topic. */
  readonly key: string;
  readonly topic: Topic;
}

/** What became of a topic; `key_reused`: its key came before with another topic or other data. */
export type TopicEmission =
  | { readonly status: 'emitted' | 'pending'; readonly isRepeated: boolean }
  | { readonly status: 'undeclared' | 'key_reused' }
  | { readonly status: 'invalid'; readonly issues: readonly string[] };

/** What remembers the keys, and what asks the conversation. */
export interface TopicEmitterDeps {
  readonly store: Pick<Store, 'receivedTopics'>;
  readonly ask: (conversation: ConversationId, request: EmitTopicRequest) => Promise<EmitTopicResult>;
}

/** Emits a topic unless its key was emitted before. It may be repeated with the same key, also after an error. */
export async function emitOutsideTopic(
  { store: { receivedTopics }, ask }: TopicEmitterDeps,
  { conversation, key, topic }: OutsideTopic,
): Promise<TopicEmission> {
  const received = { conversation, key, requestHash: hashJson(topic.name, topic.data) };
  const receipt = await receivedTopics.receive(received, Date.now());
  if (receipt.status === 'other_request') return { status: 'key_reused' };
  if (receipt.status === 'settled') return { ...(receipt.result as { status: 'emitted' }), isRepeated: true };
  const result = await ask(conversation, { key: hashJson(key).slice(0, 40), topic });
  const { status } = result;
  if (status === 'emitted') await receivedTopics.settle(received, result);
  if (status === 'emitted' || status === 'pending') return { status, isRepeated: false };
  // It may come again when the bot has changed.
  await receivedTopics.forget(received);
  return status === 'invalid' ? result : { status };
}

/** The people who are linked to this id, on any Page or on one. */
export async function findLinked(
  { externalIds }: Pick<Store, 'externalIds'>,
  { page, ...id }: ExternalId & { readonly page?: string | undefined },
): Promise<readonly ConversationId[]> {
  const found = await externalIds.find(id);
  return found.filter((conversation) => page === undefined || conversationParts(conversation)?.pageId === page);
}
