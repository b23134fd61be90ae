import type { Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { DecodedEvent } from '../../messenger/inbound/inbox-item.ts';
import type { Database } from '../db/database.ts';
import type { Write, WriteOptions } from '../db/group-commit.ts';
import type { Tables } from '../db/tables.ts';
import {
  countBacklog,
  countEventsByStatus,
  findLastReceivedAt,
  findOldestPendingAt,
  readPageBacklogs,
  type PageBacklog,
} from './counts.ts';
import { echoOrigins, type EchoSecrets } from './echo-origin.ts';
import {
  acquireLeases,
  extendLease,
  listWaiting,
  markEventDead,
  markEventsDispatched,
  releaseLease,
  type Lease,
  type LeasedConversation,
} from './leases.ts';
import { lockKeyOf, recordEvents, type OfferLease, type RecordedEvents } from './record-events.ts';

export type { Lease, LeasedConversation, OfferLease, PageBacklog, RecordedEvents };

/** Every event that was acknowledged, and which of them wait for delivery to a workflow. */
export interface Inbox {
  /**
   * Stores events and all that follows from them (contact, eligibility, echoes, transcript) in one transaction. An event
   * that is already there changes nothing. `offerLease` is asked for each conversation that has a new pending event: one
   * that the dispatcher can deliver at once is leased in the same transaction. Default: none is.
   */
  record(delivered: readonly DecodedEvent[], receivedAt: number, offerLease?: OfferLease): Promise<RecordedEvents>;
  /** Conversations with pending events and no valid lease, those waiting longest first. */
  listWaiting(limit: number, now: number): Promise<ConversationId[]>;
  /**
   * Leases those conversations that no other owner has leased; resolves to them with their oldest pending events, which
   * are on disk: after a power cut their inbox ids belong to no other event.
   */
  lease(conversations: readonly ConversationId[], lease: Lease): Promise<LeasedConversation[]>;
  /**
   * Temporal has these events: ends the lease. Resolves to `true` if more are pending. `at` is when they were handed to it,
   * epoch ms; default: now.
   */
  markDispatched(
    conversation: ConversationId,
    inboxIds: readonly number[],
    owner: string,
    at?: number,
  ): Promise<boolean>;
  /** Temporal refuses this event for good: ends the lease. Resolves to `true` if more are pending. `at` as above. */
  markDead(conversation: ConversationId, inboxId: number, reason: string, owner: string, at?: number): Promise<boolean>;
  /** Ends a lease without a delivery. Resolves to `true` if events are pending. */
  release(conversation: ConversationId, owner: string): Promise<boolean>;
  /** Prolongs a lease, so that no process tries this conversation again before `expiresAt`. */
  extendLease(conversation: ConversationId, owner: string, expiresAt: number): Promise<void>;
  /** Numbers of pending and of dead events: cheap, however many events there are in all. */
  backlog(): Promise<{ readonly pending: number; readonly dead: number }>;
  /** When the oldest pending event was received, epoch ms; `undefined` when none is pending. */
  oldestPendingAt(): Promise<number | undefined>;
  /** When the last event of a Page was received, epoch ms; `undefined` when it is not among the newest of all Pages. */
  lastReceivedAt(pageId: string): Promise<number | undefined>;
  /** What waits and what is dead of each Page, and when it was last heard of; a Page without such events is left out. */
  pageBacklogs(): Promise<ReadonlyMap<string, PageBacklog>>;
  /** Number of events in each status. Reads the whole table. */
  countByStatus(): Promise<Record<string, number>>;
}

/** Meta waits 5 s for the answer to a webhook. What is committed later all the same is recognised when Meta delivers it again. */
const MAX_RECORD_MS = 4000;

/** The inbox in the tables `inbox` and `claims` (the leases). */
export function createInbox({ db }: Pick<Database, 'db'>, write: Write<Tables>, secrets: EchoSecrets): Inbox {
  const originOf = echoOrigins(secrets);
  const endLease = (
    conversation: ConversationId,
    owner: string,
    update?: (trx: Transaction<Tables>) => Promise<unknown>,
    options?: WriteOptions,
  ) =>
    // If a power cut loses this write, the lease expires, and the workflow recognises a repeated event by its inbox id.
    write(
      [conversation],
      async (trx) => {
        await update?.(trx);
        return releaseLease(trx, conversation, owner);
      },
      { durability: 'lazy', ...options },
    );

  return {
    async record(delivered, receivedAt, offerLease = () => undefined) {
      if (delivered.length === 0) return { waiting: [], leased: [] };
      const lockKeys = delivered.map(({ event }) => lockKeyOf(event));
      return write(lockKeys, (trx) => recordEvents(trx, delivered, receivedAt, offerLease, originOf), {
        withinMs: MAX_RECORD_MS,
      });
    },
    listWaiting: (limit, now) => listWaiting(db, limit, now),
    lease: (conversations, lease) => write(conversations, (trx) => acquireLeases(trx, conversations, lease)),
    markDispatched: (conversation, inboxIds, owner, at = Date.now()) =>
      endLease(conversation, owner, (trx) => markEventsDispatched(trx, inboxIds, at), { lingers: true }),
    markDead: (conversation, inboxId, reason, owner, at = Date.now()) =>
      endLease(conversation, owner, (trx) => markEventDead(trx, conversation, inboxId, { reason, at })),
    release: (conversation, owner) => endLease(conversation, owner),
    extendLease: (conversation, owner, expiresAt) =>
      write([conversation], (trx) => extendLease(trx, conversation, owner, expiresAt), { durability: 'lazy' }),
    backlog: () => countBacklog(db),
    oldestPendingAt: () => findOldestPendingAt(db),
    lastReceivedAt: (pageId) => findLastReceivedAt(db, pageId),
    pageBacklogs: () => readPageBacklogs(db),
    countByStatus: () => countEventsByStatus(db),
  };
}
