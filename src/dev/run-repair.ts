/** Runs that an edit broke: found at each reload, shown beside the chat and in the terminal, reset with one click. */

import type { Client } from '@temporalio/client';
import { linesWithoutControlCharacters } from '../domain/visible-text.ts';
import type { WorkflowRepair } from '../simulator/options.ts';
import type { BotBundle } from '../temporal/bundling/bundle-bot.ts';
import { findBrokenRuns, isRunOpen } from '../temporal/replay/broken-runs.ts';
import { findStuckRun, findStuckRuns, resetRun, type BrokenRun } from '../temporal/replay/stuck-runs.ts';

/** Finds and resets broken runs. */
export interface RunRepair extends WorkflowRepair {
  /** Replays the open runs with the code that was just loaded. Resolves to those that it breaks; empty if another check has begun. */
  check(bundle: BotBundle): Promise<readonly BrokenRun[]>;
}

/** Knows the runs that the last reload broke, and finds those that are stuck already. */
export function createRunRepair(client: Client): RunRepair {
  let checks = 0;
  let found: readonly BrokenRun[] = [];

  const stillOpen = async (runs: readonly BrokenRun[]): Promise<BrokenRun[]> => {
    const open = await Promise.all(runs.map(async (run) => ((await isRunOpen(client, run)) ? run : undefined)));
    return open.filter((run) => run !== undefined);
  };

  return {
    async check(bundle) {
      checks += 1;
      const mine = checks;
      const broken = await findBrokenRuns(client, bundle);
      if (mine !== checks) return [];
      found = broken;
      return broken;
    },
    async broken(conversation) {
      const [broken, stuck] = await Promise.all([
        stillOpen(found.filter(({ workflowId }) => workflowId.endsWith(conversation))),
        findStuckRuns(client, conversation),
      ]);
      return [...broken, ...stuck.filter(({ workflowId }) => !broken.some((run) => run.workflowId === workflowId))];
    },
    async reset(workflowId) {
      const [broken] = await stillOpen(found.filter((run) => run.workflowId === workflowId));
      const run = broken ?? (await findStuckRun(client, workflowId));
      if (run) await resetRun(client, run);
    },
  };
}

/** A broken run for the terminal, in the words of `everthread check`. */
export function describeBrokenRun({ workflowId, type, problem }: BrokenRun): string {
  const what = type === 'conversation' ? 'The conversation' : `The sequence "${type}"`;
  const words = `✗ ${what} ${workflowId} began with other code and cannot go on.\n    ${problem}\n    Reset it beside the chat, or repair the code.`;
  return linesWithoutControlCharacters(words);
}
