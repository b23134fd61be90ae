/** How far people get in a funnel, and how soon they are answered. */

import { sql } from 'kysely';
import type { PersonName } from '../domain/contact.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import { toPersonName } from './contacts.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';
import { cipherOf } from './encryption/column-cipher.ts';

/** A step of a funnel, over all people who entered the funnel in a period. */
export interface FunnelStep {
  readonly funnel: string;
  readonly step: string;
  /** How many people reached the step. */
  readonly people: number;
  /** How many of them reached no later step. */
  readonly last: number;
  /** Average time from entering the funnel to this step. */
  readonly afterMs: number;
}

/** A person whose latest step of a funnel this is. */
export interface FunnelStop {
  readonly funnel: string;
  readonly step: string;
  readonly conversation: ConversationId;
  /** When they reached the step, epoch ms. */
  readonly at: number;
  readonly person: PersonName;
}

/** How long people waited for the first answer to their first message. */
export interface FirstReplies {
  /** Shortest first. */
  readonly waitsMs: readonly number[];
  /** How many people have no answer. */
  readonly unanswered: number;
}

/** Steps that people reached, and what is computed from them. Times are by the person's clock, epoch ms. */
export interface Funnels {
  /** Records that a person reached a step. The first time counts; recording it again changes nothing. */
  recordStep(conversation: ConversationId, funnel: string, step: string, at: number): Promise<void>;
  /** Of people who entered since then, on these Pages or all: by funnel, the steps in the order in which they are reached on average. */
  listSteps(since: number, pages?: readonly string[]): Promise<readonly FunnelStep[]>;
  /** Of people who entered since then: the step at which each of them stopped, the newest first. */
  listStops(since: number, limit: number): Promise<readonly FunnelStop[]>;
  /** Of people whose first message in the transcript is not older than `since`. */
  readFirstReplies(since: number): Promise<FirstReplies>;
}

/** Funnels in the tables `funnel_steps` and `messages`. */
export function createFunnels({ db }: Pick<Database, 'db'>, write: Write<Tables>): Funnels {
  return {
    recordStep: (conversation, funnel, step, at) =>
      write([conversation], async (trx) => {
        await trx
          .insertInto('funnel_steps')
          .values({ conversation, funnel, step, at })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }),

    async listSteps(since, pages) {
      const rows = await stepsOfRuns(since, pages)
        .select(['steps.funnel', 'steps.step'])
        .select((eb) => [
          eb.fn.countAll<number>().as('people'),
          sql<number>`sum(case when steps.at = runs.last_at then 1 else 0 end)`.as('last'),
          sql<number>`avg(steps.at - runs.entered_at)`.as('after_ms'),
        ])
        .groupBy(['steps.funnel', 'steps.step'])
        .execute();
      return rows
        .map(({ funnel, step, people, last, after_ms: afterMs }) => ({
          funnel,
          step,
          people: Number(people),
          last: Number(last),
          afterMs: Math.round(Number(afterMs)),
        }))
        .toSorted(
          (a, b) =>
            compare(a.funnel, b.funnel) || a.afterMs - b.afterMs || b.people - a.people || compare(a.step, b.step),
        );
    },

    async listStops(since, limit) {
      const rows = await stepsOfRuns(since)
        .whereRef('steps.at', '=', 'runs.last_at')
        .leftJoin('contacts', 'contacts.conversation', 'steps.conversation')
        .select(['steps.funnel', 'steps.step', 'steps.conversation', 'steps.at'])
        .select(['contacts.first_name', 'contacts.last_name'])
        .orderBy('steps.at', 'desc')
        .orderBy('steps.conversation')
        .limit(limit)
        .execute();
      const cipher = cipherOf(db);
      return rows.map(({ funnel, step, at, ...row }) => ({
        funnel,
        step,
        conversation: row.conversation as ConversationId,
        at: Number(at),
        person: toPersonName(cipher.open('contacts', row)),
      }));
    },

    async readFirstReplies(since) {
      const rows = await db
        .with('firsts', (query) =>
          query
            .selectFrom('messages')
            .select(['conversation'])
            .select((eb) => eb.fn.min('at').as('wrote_at'))
            .where('author', '=', 'person')
            .groupBy('conversation')
            .having((eb) => eb.fn.min('at'), '>=', since),
        )
        .selectFrom('firsts')
        .leftJoin('messages', (join) =>
          join
            .onRef('messages.conversation', '=', 'firsts.conversation')
            .on('messages.author', '!=', 'person')
            .onRef('messages.at', '>=', 'firsts.wrote_at'),
        )
        .select('firsts.conversation')
        .select((eb) => sql<number | null>`${eb.fn.min('messages.at')} - firsts.wrote_at`.as('wait_ms'))
        .groupBy(['firsts.conversation', 'firsts.wrote_at'])
        .execute();
      const waitsMs = rows.flatMap(({ wait_ms: waitMs }) => (waitMs === null ? [] : [Number(waitMs)]));
      return { waitsMs: waitsMs.toSorted((a, b) => a - b), unanswered: rows.length - waitsMs.length };
    },
  };

  /** The steps of everybody who entered a funnel since then, with their first and last time. */
  function stepsOfRuns(since: number, pages?: readonly string[]) {
    return db
      .with('runs', (query) =>
        query
          .selectFrom('funnel_steps')
          .select(['conversation', 'funnel'])
          .select((eb) => [eb.fn.min('at').as('entered_at'), eb.fn.max('at').as('last_at')])
          .$if(pages !== undefined, (steps) =>
            steps.where('conversation', 'in', (eb) =>
              eb
                .selectFrom('contacts')
                .select('conversation')
                .where('page_id', 'in', [...(pages ?? []), '']),
            ),
          )
          .groupBy(['conversation', 'funnel'])
          .having((eb) => eb.fn.min('at'), '>=', since),
      )
      .selectFrom('funnel_steps as steps')
      .innerJoin('runs', (join) =>
        join.onRef('runs.conversation', '=', 'steps.conversation').onRef('runs.funnel', '=', 'steps.funnel'),
      );
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
