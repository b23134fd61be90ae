/** The outbox: events that wait to be posted to destinations, and those that were given up. */

import { type ExpressionBuilder, type Kysely, sql, type Transaction } from 'kysely';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import { isOwnTopic, type EmittedTopic } from '../../domain/outgoing-event.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';
import { storedInPlain } from '../encryption/encrypted.ts';
import { firstPending, hasPending, MAX_RETRY_MS, putEvent, readTopicChoices, chooseDestinations } from './put-event.ts';
import { toDeadDelivery, toLeasedEvent, type DeadDelivery, type LeasedEvent } from './queued-event.ts';

export type { DeadDelivery, LeasedEvent } from './queued-event.ts';

/** Why a try failed, and when the next one is due; without `retryAt` there is none. Epoch ms. */
export interface DeliveryFailure {
  /** Without personal data. */
  readonly trouble: string;
  readonly retryAt?: number;
}

/** Which dead events are meant; what is left out restricts nothing. */
export interface DeadChoice {
  readonly ids?: readonly number[] | undefined;
  /** Names of destinations. */
  readonly destinations?: readonly string[] | undefined;
}

/** Events on their way to destinations. Times are epoch ms, real time. */
export interface Outbox {
  /** Puts topics of the bot into the outbox, for the destinations that want them. The same topic again changes nothing. */
  putTopics(conversation: ConversationId, topics: readonly EmittedTopic[]): Promise<void>;
  /** Names of the enabled destinations for which an event is due. */
  listDue(now: number): Promise<readonly string[]>;
  /** Leases events that are due for a destination, one of each line at most. */
  lease(destination: string, limit: number, now: number, expiresAt: number): Promise<readonly LeasedEvent[]>;
  /** The destination took it: the next event of its line is due. */
  markDelivered(event: LeasedEvent, now: number): Promise<void>;
  /** A try failed. Changes nothing if another process has leased the event since. */
  recordFailure(event: LeasedEvent, failure: DeliveryFailure, now: number): Promise<void>;
  /** Dead events after an id, in the order of ids. */
  listDead(
    choice: DeadChoice,
    page: { readonly after?: number | undefined; readonly limit: number },
  ): Promise<readonly DeadDelivery[]>;
  /** Makes dead events due again, for as many days as a new one. Resolves to the ids of those that were dead. */
  retry(choice: DeadChoice, now: number): Promise<readonly number[]>;
  /** Removes dead events for good. Resolves to the ids of those that were dead. */
  drop(choice: DeadChoice): Promise<readonly number[]>;
  /** Number of events that are not delivered, by status: `pending`, `dead`. */
  count(): Promise<Readonly<Record<string, number>>>;
  /** Removes delivered events of before then, and events of destinations that are gone. */
  prune(before: number): Promise<void>;
}

/** Rows that one transaction changes, so that it holds up no webhook. */
const ROWS_PER_WRITE = 200;
/** A delivery that a power cut forgets is repeated, with the same id. */
const LAZY = { durability: 'lazy' } as const;

type Where = ExpressionBuilder<Tables, 'outbox'>;

/** The outbox in the table of this name. */
export function createOutbox({ db }: Pick<Database, 'db'>, write: Write<Tables>): Outbox {
  return {
    async putTopics(conversation, topics) {
      const pageId = conversationParts(conversation)?.pageId ?? '';
      const choices = await readTopicChoices(db);
      const wanted = topics
        .filter(({ name: topic }) => !isOwnTopic(topic) && chooseDestinations(choices, { topic, pageId }).length > 0)
        .map(({ name: topic, key, at, data }) => {
          return { topic, key, at, conversation, pageId, data: data === undefined ? {} : { data } };
        });
      if (wanted.length === 0) return;
      await write([conversation], async (trx) => {
        for (const event of wanted) await putEvent(trx, event);
      });
    },

    async listDue(now) {
      const rows = await db
        .selectFrom('outbox')
        .innerJoin('destinations', 'destinations.name', 'outbox.destination')
        .select('outbox.destination')
        .distinct()
        .where('outbox.status', '=', sql.lit('pending'))
        .where('outbox.due_at', '<=', now)
        .where('destinations.disabled_at', 'is', null)
        .execute();
      return rows.map(({ destination }) => destination);
    },

    lease: (destination, limit, now, expiresAt) =>
      write(
        [`outbox of ${destination}`],
        async (trx) => {
          const isDue = (eb: Where) =>
            eb.and([
              eb('destination', '=', destination),
              eb('status', '=', sql.lit('pending')),
              eb('due_at', '<=', now),
            ]);
          const rows = await trx
            .updateTable('outbox')
            .set((eb) => ({ attempts: eb('attempts', '+', 1), due_at: expiresAt }))
            .where('id', 'in', (eb) =>
              eb.selectFrom('outbox').select('id').where(isDue).orderBy('due_at').orderBy('id').limit(limit),
            )
            .where(isDue)
            .returningAll()
            .execute();
          const leased: LeasedEvent[] = [];
          for (const row of rows) {
            const { data_json } = cipherOf(trx).openReadable('outbox', row).row;
            if (data_json !== undefined) leased.push(toLeasedEvent({ ...row, data_json }));
            else await giveUpUnreadable(trx, row, now);
          }
          return leased;
        },
        LAZY,
      ),

    markDelivered: ({ id, destination, line }, now) =>
      write(
        [line],
        async (trx) => {
          // Its id stays for some days: an event that is put again is recognised.
          await trx
            .updateTable('outbox')
            .set({ status: 'delivered', due_at: null, trouble: null, data_json: storedInPlain(''), settled_at: now })
            .where('id', '=', id)
            .execute();
          await wakeLine(trx, destination, line, now);
        },
        LAZY,
      ),

    recordFailure: ({ id, destination, line, attempt }, { trouble, retryAt }, now) =>
      write(
        [line],
        async (trx) => {
          await trx
            .updateTable('outbox')
            .set({
              trouble,
              ...(retryAt === undefined ? { status: 'dead', due_at: null, settled_at: now } : { due_at: retryAt }),
            })
            .where('id', '=', id)
            .where('status', '=', sql.lit('pending'))
            .where('attempts', '=', attempt)
            .execute();
          if (retryAt === undefined) await wakeLine(trx, destination, line, now);
        },
        LAZY,
      ),

    listDead: (choice, page) => listDead(db, choice, page),

    retry: (choice, now) =>
      eachDead(choice, async ({ id, destination, line }) =>
        write([line], async (trx) => {
          const isFirst = !(await hasPending(trx, destination, line));
          const { numUpdatedRows } = await trx
            .updateTable('outbox')
            .set({
              status: 'pending',
              attempts: 0,
              due_at: isFirst ? now : null,
              give_up_at: now + MAX_RETRY_MS,
              settled_at: null,
            })
            .where('id', '=', id)
            .where('status', '=', sql.lit('dead'))
            .executeTakeFirst();
          return Number(numUpdatedRows) > 0;
        }),
      ),

    drop: (choice) =>
      eachDead(choice, async ({ id, line }) =>
        write([line], async (trx) => {
          const { numDeletedRows } = await trx
            .deleteFrom('outbox')
            .where('id', '=', id)
            .where('status', '=', sql.lit('dead'))
            .executeTakeFirst();
          return Number(numDeletedRows) > 0;
        }),
      ),

    async count() {
      const rows = await db
        .selectFrom('outbox')
        .innerJoin('destinations', 'destinations.name', 'outbox.destination')
        .select((eb) => ['outbox.status', eb.fn.countAll<number>().as('number')])
        .where((eb) => eb.or([eb('outbox.status', '=', sql.lit('pending')), eb('outbox.status', '=', sql.lit('dead'))]))
        .groupBy('outbox.status')
        .execute();
      return Object.fromEntries(rows.map(({ status, number }) => [status, Number(number)]));
    },

    async prune(before) {
      const isOver = (eb: Where) => eb.and([eb('status', '=', sql.lit('delivered')), eb('settled_at', '<', before)]);
      await deleteInSteps(isOver);
      await deleteInSteps((eb) =>
        eb.not(
          eb.exists(
            eb.selectFrom('destinations').select('name').whereRef('destinations.name', '=', 'outbox.destination'),
          ),
        ),
      );
    },
  };

  async function eachDead(
    { ids, destinations }: DeadChoice,
    change: (event: DeadDelivery) => Promise<boolean>,
  ): Promise<readonly number[]> {
    const changed: number[] = [];
    for (let after = 0; ;) {
      const dead = await listDead(db, { ids, destinations }, { after, limit: ROWS_PER_WRITE });
      for (const event of dead) if (await change(event)) changed.push(event.id);
      after = dead.at(-1)?.id ?? after;
      if (dead.length < ROWS_PER_WRITE) return changed;
    }
  }

  async function deleteInSteps(which: (eb: Where) => ReturnType<Where['and']>): Promise<void> {
    for (let deleted = ROWS_PER_WRITE; deleted === ROWS_PER_WRITE;) {
      deleted = await write(
        ['outbox'],
        async (trx) => {
          const { numDeletedRows } = await trx
            .deleteFrom('outbox')
            .where('id', 'in', (eb) => eb.selectFrom('outbox').select('id').where(which).limit(ROWS_PER_WRITE))
            .executeTakeFirst();
          return Number(numDeletedRows);
        },
        LAZY,
      );
    }
  }
}

/** An event that nobody can post holds up none of the others. */
async function giveUpUnreadable(
  trx: Transaction<Tables>,
  { id, destination, line }: { readonly id: number; readonly destination: string; readonly line: string },
  now: number,
): Promise<void> {
  const trouble = 'its data cannot be decrypted with ENCRYPTION_KEYS';
  const dead = { status: 'dead', due_at: null, settled_at: now, trouble } as const;
  await trx.updateTable('outbox').set(dead).where('id', '=', id).execute();
  await wakeLine(trx, destination, line, now);
}

/** Makes the first event of a line due, unless it is already, or a process is trying it. */
async function wakeLine(trx: Transaction<Tables>, destination: string, line: string, now: number): Promise<void> {
  const id = await firstPending(trx, destination, line);
  if (id === undefined) return;
  await trx.updateTable('outbox').set({ due_at: now }).where('id', '=', id).where('due_at', 'is', null).execute();
}

async function listDead(
  db: Kysely<Tables>,
  { ids, destinations }: DeadChoice,
  { after = 0, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<readonly DeadDelivery[]> {
  let query = db
    .selectFrom('outbox')
    .selectAll()
    .where('status', '=', sql.lit('dead'))
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit);
  if (ids) query = query.where('id', 'in', [...ids, 0]);
  if (destinations) query = query.where('destination', 'in', [...destinations, '']);
  return (await query.execute()).map(toDeadDelivery);
}
