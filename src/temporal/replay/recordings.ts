/** Reads histories from the Temporal server and from files. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { CONVERSATION_TYPE } from '../../workflows/contract/index.ts';
import { fetchHistory } from '../encryption/decrypt-history.ts';
import type { RecordedRun } from './replay.ts';

/** How many runs of a workflow type and version are open. */
export interface RunCount {
  readonly type: string;
  readonly version: number;
  readonly running: number;
}

/** Fetches the histories of the newest open runs, at most `most` of each type. */
export async function* fetchRunningHistories(
  client: Client,
  types: readonly string[],
  most: number,
): AsyncGenerator<RecordedRun & { readonly runId: string }> {
  for (const type of types) {
    let count = 0;
    for await (const { workflowId, runId } of client.workflow.list({
      query: runningQuery(type),
      pageSize: Math.min(most, 100),
    })) {
      if (count === most) break;
      count += 1;
      yield { workflowId, runId, history: await fetchHistory(client, workflowId, runId) };
    }
  }
}

/** The workflow types of a bot: conversations, and each sequence under its own name. */
export const workflowTypes = (sequences: readonly { readonly name: string }[]): readonly string[] => [
  CONVERSATION_TYPE,
  ...new Set(sequences.map(({ name }) => name)),
];

/** Counts the open runs of each version. */
export async function countRuns(
  client: Client,
  versions: readonly { readonly name: string; readonly version: number }[],
): Promise<RunCount[]> {
  const counts = versions.map(async ({ name: type, version }) => {
    const query = `${runningQuery(type)} AND Sequences = '${type}@${version}'`;
    return { type, version, running: (await client.workflow.count(query)).count };
  });
  return Promise.all(counts);
}

function runningQuery(type: string): string {
  return `ExecutionStatus = 'Running' AND WorkflowType = '${type}'`;
}

/** Reads every `.json` of a folder, as `saveHistory` or Temporal's UI wrote it; the file name is the workflow id. */
export function readHistories(folder: string): RecordedRun[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => {
    const history = historyFromJSON(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    return { workflowId: name.replace(/\.json$/, ''), history };
  });
}

/** Writes a history, readable by its owner alone: it holds what people wrote. */
export function saveHistory(folder: string, { workflowId, history }: RecordedRun): void {
  mkdirSync(folder, { recursive: true });
  const name = workflowId.replaceAll(/[^\w.-]+/g, '_');
  writeFileSync(join(folder, `${name}.json`), historyToJSON(history), { mode: 0o600 });
}
