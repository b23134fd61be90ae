import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { StrikesTable, Tables } from './db/tables.ts';

/** An activation of a workflow that never ended: the process died in it, or it was stuck and the process was ended. */
export interface Strike {
  readonly workflowId: string;
  readonly runId: string;
  /** The workflow task of the run, counted from 1: a strike in a later task shows that the workflow made progress. */
  readonly task: number;
  /** A hash of the bot's bundle. */
  readonly build: string;
  /** Identifies the activation; the same one counts once. */
  readonly mark: string;
  readonly reason: StrikesTable['reason'];
  /** Epoch ms. */
  readonly at: number;
}

/** What a strike means for its workflow. */
export interface StrikeOutcome {
  /** Strikes in a row, with one build of the bot and without progress of the workflow in between. */
  readonly strikes: number;
  /** False for an activation whose strike was recorded before. */
  readonly isNew: boolean;
  readonly isQuarantined: boolean;
}

/** A workflow whose tasks fail at once, so that it harms no other. */
export interface QuarantinedWorkflow {
  readonly workflowId: string;
  readonly build: string;
  readonly strikes: number;
  readonly reason: StrikesTable['reason'];
  /** Time of the last strike, epoch ms. */
  readonly at: number;
}

/** Strikes of workflows, and which workflows are quarantined because of them. */
export interface Quarantine {
  /** Records a strike. */
  strike(strike: Strike): Promise<StrikeOutcome>;
  /** The quarantined workflows, the latest last. */
  list(): Promise<QuarantinedWorkflow[]>;
  /** Ends the quarantine of these workflows, or of all. Returns the ids of those that were quarantined. */
  release(workflowIds: readonly string[] | 'all'): Promise<string[]>;
  /** Forgets the strikes of all other builds: another build of the bot may have been mended. */
  keepOnly(build: string): Promise<void>;
  /** Numbers of quarantined workflows, and of those with fewer strikes. */
  count(): Promise<{ readonly quarantined: number; readonly struck: number }>;
}

/** So many strikes in a row, with one build of the bot, quarantine a workflow. One alone can be bad luck. */
const MAX_STRIKES = 2;
/** A strike that was followed by no other is forgotten after that time. */
const MAX_STRIKE_AGE_MS = 7 * 86_400_000;
const LOCK_KEYS = ['quarantine'];

/** The quarantine in the table `strikes`. */
export function createQuarantine({ db }: Pick<Database, 'db'>, write: Write<Tables>): Quarantine {
  return {
    strike: ({ workflowId, runId, ...strike }) =>
      write(LOCK_KEYS, async (trx) => {
        await trx
          .deleteFrom('strikes')
          .where('strikes', '<', MAX_STRIKES)
          .where('at', '<', strike.at - MAX_STRIKE_AGE_MS)
          .execute();
        const last = await trx
          .selectFrom('strikes')
          .selectAll()
          .where('workflow_id', '=', workflowId)
          .executeTakeFirst();
        if (last?.mark === strike.mark) return toOutcome(last.strikes, false);
        const isInARow = last?.build === strike.build && last.run_id === runId && strike.task <= last.task;
        const strikes = isInARow ? last.strikes + 1 : 1;
        const values = { ...strike, run_id: runId, strikes };
        await trx
          .insertInto('strikes')
          .values({ ...values, workflow_id: workflowId })
          .onConflict((conflict) => conflict.column('workflow_id').doUpdateSet(values))
          .execute();
        return toOutcome(strikes, true);
      }),

    async list() {
      const rows = await db
        .selectFrom('strikes')
        .selectAll()
        .where('strikes', '>=', MAX_STRIKES)
        .orderBy('at')
        .orderBy('workflow_id')
        .execute();
      return rows.map(({ workflow_id, build, strikes, reason, at }) => ({
        workflowId: workflow_id,
        build,
        strikes,
        reason,
        at: Number(at),
      }));
    },

    release: (workflowIds) =>
      write(LOCK_KEYS, async (trx) => {
        if (workflowIds.length === 0) return [];
        const quarantined = trx.deleteFrom('strikes').where('strikes', '>=', MAX_STRIKES);
        const released = workflowIds === 'all' ? quarantined : quarantined.where('workflow_id', 'in', workflowIds);
        const rows = await released.returning('workflow_id').execute();
        return rows.map(({ workflow_id }) => workflow_id).toSorted();
      }),

    keepOnly: (build) =>
      write(LOCK_KEYS, async (trx) => {
        await trx.deleteFrom('strikes').where('build', '!=', build).execute();
      }),

    async count() {
      const rows = await db.selectFrom('strikes').select('strikes').execute();
      const quarantined = rows.filter(({ strikes }) => strikes >= MAX_STRIKES).length;
      return { quarantined, struck: rows.length - quarantined };
    },
  };
}

function toOutcome(strikes: number, isNew: boolean): StrikeOutcome {
  return { strikes, isNew, isQuarantined: strikes >= MAX_STRIKES };
}
