import type { Selectable } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { OutboxTable } from '../db/tables.ts';
import type { Opened } from '../encryption/column-cipher.ts';

/** An event of the outbox, for one destination. */
interface QueuedEvent {
  readonly id: number;
  readonly destination: string;
  /** The same for every destination, and for every try. */
  readonly eventId: string;
  readonly topic: string;
  /** Events of one line are posted one after the other. */
  readonly line: string;
  readonly conversation: ConversationId | undefined;
  readonly pageId: string;
  /** When it happened, by the person's clock, epoch ms. */
  readonly at: number;
}

/** An event that this process alone may post until its lease expires. */
export interface LeasedEvent extends QueuedEvent {
  readonly data: object;
  /** 1 for the first try. */
  readonly attempt: number;
  /** The failure after which it is given up, epoch ms. */
  readonly giveUpAt: number;
}

/** An event that was given up, without its data. */
export interface DeadDelivery extends QueuedEvent {
  readonly attempts: number;
  /** Why the last try failed. */
  readonly trouble: string;
  /** Epoch ms. */
  readonly deadSince: number;
}

/** The leased event of a row. */
export function toLeasedEvent(row: Opened<Selectable<OutboxTable>>): LeasedEvent {
  return {
    ...fieldsOf(row),
    data: JSON.parse(row.data_json) as object,
    attempt: Number(row.attempts),
    giveUpAt: Number(row.give_up_at),
  };
}

/** The dead event of a row. */
export function toDeadDelivery(row: Omit<Selectable<OutboxTable>, 'data_json'>): DeadDelivery {
  return {
    ...fieldsOf(row),
    attempts: Number(row.attempts),
    trouble: row.trouble ?? '',
    deadSince: Number(row.settled_at),
  };
}

function fieldsOf(row: Omit<Selectable<OutboxTable>, 'data_json'>): QueuedEvent {
  return {
    id: Number(row.id),
    destination: row.destination,
    eventId: row.event_id,
    topic: row.topic,
    line: row.line,
    conversation: (row.conversation ?? undefined) as ConversationId | undefined,
    pageId: row.page_id,
    at: Number(row.at),
  };
}
