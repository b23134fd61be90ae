/** Plays recorded histories to today's code. */
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Action, History } from './history-actions.ts';
import { explain } from './nondeterminism.ts';

/** A history and whose it is. */
export interface Recording {
  readonly workflowId: string;
  readonly history: History;
}

export interface Replayed extends Recording {
  /** Why it cannot go on with today's code; missing: it can. */
  readonly problem?: string;
}

/** `bundle` has the witness in it. One after the other, in the order of the recordings. */
export async function* replay(bundle: WorkflowBundle, recordings: Iterable<Recording>): AsyncGenerator<Replayed> {
  for (const recording of recordings) {
    const { workflowId, history } = recording;
    const seen: Action[] = [];
    const witness = { saw: { fn: (_info: unknown, action: Action) => void seen.push(action), callDuringReplay: true } };
    const options = { workflowBundle: bundle, sinks: { witness } };
    for await (const { error } of Worker.runReplayHistories(options, [{ workflowId, history }])) {
      yield error ? { ...recording, problem: explain(history, error.message, seen) } : recording;
    }
  }
}
