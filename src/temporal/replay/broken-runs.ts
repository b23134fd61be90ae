/** Finds the open runs that an edit broke before they notice it: most of them wait. */

import type { Client } from '@temporalio/client';
import type { BotBundle } from '../bundling/bundle-bot.ts';
import { readStart } from './history-actions.ts';
import { fetchRunningHistories, workflowTypes } from './recordings.ts';
import { replay } from './replay.ts';
import type { BrokenRun } from './stuck-runs.ts';

/** The newest runs of each workflow type that are replayed after an edit. */
const MAX_RUNS = 50;

/** Replays the open runs with the code of a bundle, which was made with `recordsCommands`. */
export async function findBrokenRuns(client: Client, bundle: BotBundle): Promise<BrokenRun[]> {
  const runIds = new Map<string, string>();
  async function* recordings() {
    for await (const recording of fetchRunningHistories(client, workflowTypes(bundle.facts.sequences), MAX_RUNS)) {
      runIds.set(recording.workflowId, recording.runId);
      yield recording;
    }
  }
  const broken: BrokenRun[] = [];
  for await (const { workflowId, history, problem } of replay(bundle, recordings())) {
    if (problem === undefined) continue;
    broken.push({ workflowId, runId: runIds.get(workflowId) ?? '', type: readStart(history).type, problem });
  }
  return broken;
}

/** Whether this run is still the open one of its workflow. */
export async function isRunOpen(client: Client, { workflowId, runId }: BrokenRun): Promise<boolean> {
  const run = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch(() => undefined);
  return run?.status.name === 'RUNNING' && run.runId === runId;
}
