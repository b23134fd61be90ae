/** Replays recorded histories with today's code. */

import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { enableLinearPatterns } from '../linear-patterns.ts';
import { withPlainSummary, type ReplayedCommand, type History } from './history-actions.ts';
import { explainMismatch } from './nondeterminism.ts';

/** A history and the id of its workflow. */
export interface RecordedRun {
  readonly workflowId: string;
  readonly history: History;
}

/** A history that was replayed. */
export interface ReplayResult extends RecordedRun {
  /** Why today's code cannot continue it. Missing: it can. */
  readonly problem?: string;
}

/** A run in the middle of a task: its history was replayed, and the code goes on with what is not recorded yet. */
function isPastItsEnd({ message }: Error): boolean {
  return message.includes('not registered on worker');
}

/** Replays each run; `bundle` was made with `recordsCommands`, and no two runs share a workflow id. */
export async function* replay(
  bundle: WorkflowBundle,
  recordings: Iterable<RecordedRun> | AsyncIterable<RecordedRun>,
): AsyncGenerator<ReplayResult> {
  enableLinearPatterns();
  const replaying = new Map<string, RecordedRun & { readonly seen: ReplayedCommand[] }>();
  async function* feed() {
    for await (const { workflowId, history } of recordings) {
      replaying.set(workflowId, { workflowId, history, seen: [] });
      yield { workflowId, history };
    }
  }
  const record = ({ workflowId }: { readonly workflowId: string }, action: ReplayedCommand) =>
    void replaying.get(workflowId)?.seen.push(withPlainSummary(action));
  const options = { workflowBundle: bundle, sinks: { recorder: { record: { fn: record, callDuringReplay: true } } } };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, feed())) {
    const recording = replaying.get(workflowId);
    replaying.delete(workflowId);
    if (!recording) continue;
    const { history, seen } = recording;
    const problem = error && !isPastItsEnd(error) ? explainMismatch(history, error.message, seen) : undefined;
    yield { workflowId, history, ...(problem !== undefined && { problem }) };
  }
}
