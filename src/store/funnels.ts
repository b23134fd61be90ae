/** How far people get, and how soon they are answered. */

import { sql } from 'kysely';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';

/** A step of a funnel, over all who entered it in a time. */
export interface FunnelStep {
  readonly funnel: string;
  readonly step: string;
  /** Who reached it. */
  readonly people: number;
  /** Who reached nothing after it. */
  readonly last: number;
  /** From entering to this step, on average. */
  readonly afterMs: number;
}

/** How long people waited for the first word after their first, in ms, the shortest first. */
export interface FirstReplies {
  readonly waitsMs: readonly number[];
  /** Nobody has answered them. */
  readonly unanswered: number;
}

export interface Funnels {
  /** The first time counts; telling it again changes nothing. */
  recordStep(conversation: ConversationId, funnel: string, step: string, at: number): Promise<void>;
  /** Of who entered from then on; by funnel, the steps in the order in which they are reached on average. */
  listSteps(since: number): Promise<readonly FunnelStep[]>;
  /** Of who first wrote from then on, as far back as the transcript goes. */
  readFirstReplies(since: number): Promise<FirstReplies>;
}

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

    async listSteps(since) {
      const rows = await db
        .with('runs', (query) =>
          query
            .selectFrom('funnel_steps')
            .select(['conversation', 'funnel'])
            .select((eb) => [eb.fn.min('at').as('entered_at'), eb.fn.max('at').as('last_at')])
            .groupBy(['conversation', 'funnel'])
            .having((eb) => eb.fn.min('at'), '>=', since),
        )
        .selectFrom('funnel_steps as steps')
        .innerJoin('runs', (join) =>
          join.onRef('runs.conversation', '=', 'steps.conversation').onRef('runs.funnel', '=', 'steps.funnel'),
        )
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
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
