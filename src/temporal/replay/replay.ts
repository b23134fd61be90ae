/** Plays recorded histories to today's code. */

import { Worker, type WorkflowBundle } from '@temporalio/worker';
import type { ReplayedCommand, History } from './history-actions.ts';
import { explainMismatch } from './nondeterminism.ts';

/** A history and whose it is. */
export interface RecordedRun {
  readonly workflowId: string;
  readonly history: History;
}

export interface ReplayResult extends RecordedRun {
  /** Why it cannot go on with today's code; missing: it can. */
  readonly problem?: string;
}

/** `bundle` was made with `recordsCommands`. Each recording has an id of its own. */
export async function* replay(
  bundle: WorkflowBundle,
  recordings: Iterable<RecordedRun> | AsyncIterable<RecordedRun>,
): AsyncGenerator<ReplayResult> {
  const under = new Map<string, RecordedRun & { readonly seen: ReplayedCommand[] }>();
  async function* feed() {
    for await (const { workflowId, history } of recordings) {
      under.set(workflowId, { workflowId, history, seen: [] });
      yield { workflowId, history };
    }
  }
  const record = ({ workflowId }: { readonly workflowId: string }, action: ReplayedCommand) =>
    void under.get(workflowId)?.seen.push(action);
  const options = { workflowBundle: bundle, sinks: { recorder: { record: { fn: record, callDuringReplay: true } } } };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, feed())) {
    const recording = under.get(workflowId);
    under.delete(workflowId);
    if (!recording) continue;
    const { history, seen } = recording;
    const problem = error && explainMismatch(history, error.message, seen);
    yield { workflowId, history, ...(problem !== undefined && { problem }) };
  }
}
