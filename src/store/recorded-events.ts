/** What happened in one conversation, for a recording of it. */

import type { ConversationId } from '../domain/conversation-id.ts';
import type { InboundEvent } from '../messenger/inbound/inbound-event.ts';
import type { OutboundMessage } from '../messenger/outbound/outbound-message.ts';
import type { Database } from './db/database.ts';
import { cipherOf } from './encryption/column-cipher.ts';

/** A message of ours that Meta took. Epoch ms by the person's clock. */
export interface RecordedSend {
  readonly at: number;
  readonly author: string;
  /** The operator's name, if one wrote it and it is known. */
  readonly operator?: string;
  readonly message: OutboundMessage;
}

/** An operator took the conversation over, or gave it back. */
export interface RecordedHandoff {
  /** Real time. */
  readonly at: number;
  readonly action: 'takeOver' | 'giveBack';
  readonly operator: string;
}

/** Reads what happened; retention may have removed a part of it. */
export interface RecordedEvents {
  /** The inbound events, in the order in which they were stored. */
  events(conversation: ConversationId): Promise<readonly InboundEvent[]>;
  /** What was sent, in the order in which it was said. */
  sends(conversation: ConversationId): Promise<readonly RecordedSend[]>;
  /** Through the operator API. */
  handoffs(conversation: ConversationId): Promise<readonly RecordedHandoff[]>;
}

/** Reads the tables `inbox`, `sends`, `messages` and `operator_log`. */
export function createRecordedEvents({ db }: Pick<Database, 'db'>): RecordedEvents {
  return {
    async events(conversation) {
      const rows = await db
        .selectFrom('inbox')
        .select(['id', 'dedupe_key', 'event_json'])
        .where('conversation', '=', conversation)
        .orderBy('id')
        .execute();
      return rows.map((row) => JSON.parse(cipherOf(db).open('inbox', row).event_json) as InboundEvent);
    },

    async sends(conversation) {
      const rows = await db
        .selectFrom('sends')
        .leftJoin('messages', 'messages.send_id', 'sends.send_id')
        .select(['sends.send_id', 'sends.author', 'sends.operator', 'sends.message_json', 'sends.created_at'])
        .select('messages.at')
        .where('sends.conversation', '=', conversation)
        .where('sends.status', '=', 'sent')
        .orderBy('sends.created_at')
        .execute();
      return rows
        .map((row) => {
          const { message_json, author, operator, at, created_at } = cipherOf(db).open('sends', row);
          return {
            at: Number(at ?? created_at),
            author,
            ...(operator !== null && { operator }),
            message: JSON.parse(message_json) as OutboundMessage,
          };
        })
        .toSorted((one, other) => one.at - other.at);
    },

    async handoffs(conversation) {
      const rows = await db
        .selectFrom('operator_log')
        .select(['at', 'action', 'operator'])
        .where('conversation', '=', conversation)
        .where('action', 'in', ['takeOver', 'giveBack'])
        .where('status', '=', 200)
        .orderBy('id')
        .execute();
      return rows.map(({ at, action, operator }) => ({
        at: Number(at),
        action: action === 'takeOver' ? 'takeOver' : 'giveBack',
        operator,
      }));
    },
  };
}
