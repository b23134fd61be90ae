/** Replays recorded histories with today's code. */

import { Worker, type InjectedSinks, type WorkflowBundle } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import type { FailureSinks } from '../../workflows/contract/index.ts';
import { withOwnWorkflowThreads } from '../workflow-thread/index.ts';
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

/** The sinks that only a bundle for replays calls. */
interface ReplaySinks extends Sinks {
  readonly recorder: { record(action: ReplayedCommand): void };
}

/** Replays each run; `bundle` was made with `recordsCommands`, and no two runs share a workflow id. */
export async function* replay(
  bundle: WorkflowBundle,
  recordings: Iterable<RecordedRun> | AsyncIterable<RecordedRun>,
): AsyncGenerator<ReplayResult> {
  const replaying = new Map<string, RecordedRun & { readonly seen: ReplayedCommand[] }>();
  async function* feed() {
    for await (const { workflowId, history } of recordings) {
      replaying.set(workflowId, { workflowId, history, seen: [] });
      yield { workflowId, history };
    }
  }
  const record = ({ workflowId }: { readonly workflowId: string }, action: ReplayedCommand) =>
    void replaying.get(workflowId)?.seen.push(withPlainSummary(action));
  const results = startReplay(bundle, record, feed());
  for await (const { workflowId, error } of results) {
    const recording = replaying.get(workflowId);
    replaying.delete(workflowId);
    if (!recording) continue;
    const { history, seen } = recording;
    const problem = error && !isPastItsEnd(error) ? explainMismatch(history, error.message, seen) : undefined;
    yield { workflowId, history, ...(problem !== undefined && { problem }) };
  }
}

/** Replays in a workflow thread, where a floating promise is treated as it is in a worker. */
function startReplay(
  workflowBundle: WorkflowBundle,
  fn: (workflow: { readonly workflowId: string }, action: ReplayedCommand) => void,
  runs: AsyncIterable<RecordedRun>,
): AsyncIterable<{ readonly workflowId: string; readonly error?: Error }> {
  const nobodyCounts = { fn: () => {}, callDuringReplay: false };
  const sinks: InjectedSinks<FailureSinks & ReplaySinks> = {
    recorder: { record: { fn, callDuringReplay: true } },
    failures: { plugin: nobodyCounts, sequence: nobodyCounts },
  };
  // The SDK's default for replays, `debugMode: true`, starts no thread; its types do not know the option there.
  const options = { debugMode: false, workflowBundle, sinks };
  const results = Worker.runReplayHistories(options, runs);
  return {
    [Symbol.asyncIterator]: () => ({
      // The SDK starts the thread when it is first asked for a result.
      next: () => withOwnWorkflowThreads({}, () => results.next()),
      return: async () => results.return?.() ?? { done: true, value: undefined },
    }),
  };
}
