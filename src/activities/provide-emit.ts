/** Gives the activities of a bot what `emit` of `everthread/activities` needs. */

import { activityInfo, ApplicationFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { startOrUpdateConversation } from '../conversations.ts';
import { BotError } from '../domain/bot-error.ts';
import type { Clock } from '../domain/clock.ts';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import { MAX_DATA_CHARS, MAX_TOPIC_NAME_CHARS, type Topic } from '../domain/topic.ts';
import { emitOutsideTopic, findLinked, MAX_TOPIC_KEY_CHARS } from '../outside-topics.ts';
import { copyPlainJson } from '../plugins/plain-json.ts';
import type { Store } from '../store/index.ts';
import { CONVERSATION_BUSY, emitTopicUpdate } from '../workflows/contract/index.ts';
import { EMIT, type Emission, type Emit } from './public-api.ts';

/** What emitting a topic needs. */
export interface EmitDeps {
  readonly store: Pick<Store, 'contacts' | 'externalIds' | 'receivedTopics'>;
  readonly client: Client;
  readonly clock: Clock;
}

/** Less than the 30 seconds that an activity has by default. */
const MAX_TURN_WAIT_MS = 15_000;
const UPDATE_DEADLINE_MS = 15_000;

/** The functions as they are, each run with an `emit`. */
export function provideEmit<Activities extends Readonly<Record<string, unknown>>>(
  activities: Activities,
  deps: EmitDeps,
): Activities {
  const emit: Emit = (emission) => emitFromActivity(deps, emission);
  const provided = Object.entries(activities).map(([name, activity]) => {
    if (typeof activity !== 'function') return [name, activity];
    const run = (...args: unknown[]): unknown => {
      // By the context, because the bot's files load an `everthread/activities` of their own.
      Object.assign(Context.current(), { [EMIT]: emit });
      return Reflect.apply(activity, activities, args);
    };
    return [name, run];
  });
  return Object.fromEntries(provided) as Activities;
}

async function emitFromActivity(deps: EmitDeps, { to, topic: name, data, key }: Emission): Promise<void> {
  const topic = checkTopic(name, data);
  if (typeof key !== 'string' || key.length === 0 || key.length > MAX_TOPIC_KEY_CHARS || key.includes('\0'))
    throw refusal(
      'bot_invalid',
      `emit: "key" must be a text of 1 to ${MAX_TOPIC_KEY_CHARS} characters, none of them NUL.`,
    );
  const conversation = await personOf(deps, to);
  if (conversation === activityInfo().workflowExecution?.workflowId)
    throw refusal(
      'bot_invalid',
      'emit: a hook of this conversation waits for the activity, so the topic would wait for itself. Return what happened, and call ctx.emit in the hook.',
    );
  const giveUpAt = Date.now() + MAX_TURN_WAIT_MS;
  for (;;) {
    const emission = await emitOutsideTopic({ store: deps.store, ask: askWith(deps) }, { conversation, key, topic });
    switch (emission.status) {
      case 'emitted':
        return;
      case 'pending':
        if (Date.now() < giveUpAt) continue;
        throw ApplicationFailure.retryable(
          `The turn of the topic "${name}" has not come; it is in the conversation's queue.`,
          CONVERSATION_BUSY,
        );
      case 'key_reused':
        throw refusal('topic_key_reused', `emit: the key of "${name}" came before with another topic or other data.`);
      case 'undeclared':
        throw refusal(
          'topic_undeclared',
          `emit: the bot declares no topic "${name}". Add it to \`topics\` of the bot.`,
        );
      case 'invalid':
        throw refusal(
          'topic_data_invalid',
          `emit: the bot refuses the data of "${name}": ${emission.issues.join('; ')}`,
        );
    }
  }
}

function askWith(deps: EmitDeps): Parameters<typeof emitOutsideTopic>[0]['ask'] {
  return (conversation, request) =>
    deps.client.withDeadline(Date.now() + UPDATE_DEADLINE_MS, () =>
      startOrUpdateConversation(deps, { conversation, update: emitTopicUpdate, request }),
    );
}

function checkTopic(name: unknown, data: unknown): Topic {
  if (typeof name !== 'string' || name.length === 0 || name.length > MAX_TOPIC_NAME_CHARS)
    throw refusal('bot_invalid', `emit: "topic" must be a text of 1 to ${MAX_TOPIC_NAME_CHARS} characters.`);
  if (data === undefined) return { name };
  try {
    return { name, data: copyPlainJson(data, 'emit: "data"', MAX_DATA_CHARS) };
  } catch (error) {
    throw error instanceof BotError ? refusal(error.code, error.message) : error;
  }
}

async function personOf({ store }: EmitDeps, to: Emission['to']): Promise<ConversationId> {
  if (typeof to === 'string') {
    const contact = conversationParts(to) && (await store.contacts.find(to as ConversationId));
    if (contact) return contact.conversation;
    throw refusal('not_found', 'emit: nobody has written in the conversation that "to" names.');
  }
  const { system, id } = to.externalId;
  if (id.includes('\0')) throw refusal('not_found', `emit: nobody is linked to that id of "${system}".`);
  const [found, ...others] = await findLinked(store, to.externalId);
  if (found === undefined) throw refusal('not_found', `emit: nobody is linked to that id of "${system}".`);
  if (others.length === 0) return found;
  throw refusal(
    'external_id_ambiguous',
    `emit: ${others.length + 1} people are linked to that id of "${system}", on different Pages or channels. Name the page.`,
  );
}

/** No further attempt would help. */
function refusal(code: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}
