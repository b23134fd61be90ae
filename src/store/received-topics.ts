import type { ConversationId } from '../domain/conversation-id.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';

/** A topic that another system emits in a conversation. */
export interface ReceivedTopic {
  readonly conversation: ConversationId;
  /** Chosen by the other system: the same key twice is one topic. */
  readonly key: string;
  /** SHA-256 of topic and data. */
  readonly requestHash: string;
}

/** Whether a topic came before; `other_request`: its key came with another topic or other data. */
export type TopicReceipt =
  | { readonly status: 'new' | 'in_progress' | 'other_request' }
  | { readonly status: 'settled'; readonly result: object };

/** What other systems emitted, so that a repetition is recognised for {@link TOPIC_LIFETIME_MS}. */
export interface ReceivedTopics {
  /** Remembers a topic before it is emitted. `at`: epoch ms, real time. */
  receive(topic: ReceivedTopic, at: number): Promise<TopicReceipt>;
  /** Remembers what became of it, so that repetitions get the same answer. */
  settle(topic: Pick<ReceivedTopic, 'conversation' | 'key'>, result: object): Promise<void>;
  /** Forgets a topic that was refused: it may come again. */
  forget(topic: Pick<ReceivedTopic, 'conversation' | 'key'>): Promise<void>;
}

/** How long the key of a topic is remembered. */
export const TOPIC_LIFETIME_MS = 90 * 86_400_000;
/** How many that are older than that are removed with each new one. */
const REMOVED_AT_ONCE = 20;

/** Topics in the table `received_topics`. */
export function createReceivedTopics(write: Write<Tables>): ReceivedTopics {
  return {
    receive: ({ conversation, key, requestHash }, at) =>
      write([conversation], async (trx) => {
        const known = await trx
          .selectFrom('received_topics')
          .select(['request_hash', 'result_json'])
          .where((eb) => eb.and({ conversation, key }))
          .executeTakeFirst();
        if (known) {
          if (known.request_hash !== requestHash) return { status: 'other_request' };
          if (known.result_json === null) return { status: 'in_progress' };
          return { status: 'settled', result: JSON.parse(known.result_json) as object };
        }
        const old = await trx
          .selectFrom('received_topics')
          .select(['conversation', 'key'])
          .where('at', '<', at - TOPIC_LIFETIME_MS)
          .orderBy('at')
          .limit(REMOVED_AT_ONCE)
          .execute();
        for (const row of old) {
          await trx
            .deleteFrom('received_topics')
            .where((eb) => eb.and(row))
            .execute();
        }
        await trx
          .insertInto('received_topics')
          .values({ conversation, key, request_hash: requestHash, at, result_json: null })
          .execute();
        return { status: 'new' };
      }),

    settle: ({ conversation, key }, result) =>
      write([conversation], async (trx) => {
        await trx
          .updateTable('received_topics')
          .set({ result_json: JSON.stringify(result) })
          .where((eb) => eb.and({ conversation, key }))
          .execute();
      }),

    forget: ({ conversation, key }) =>
      write([conversation], async (trx) => {
        await trx
          .deleteFrom('received_topics')
          .where((eb) => eb.and({ conversation, key }))
          .execute();
      }),
  };
}
