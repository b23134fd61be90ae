import { isGrpcDeadlineError, type Client } from '@temporalio/client';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { nextDueQuery, openSequencesQuery, parseWorkflowId, sequenceId } from '../../workflows/contract/index.ts';
import { unlessClosed } from './fast-forward.ts';

/** A workflow that is open. */
export interface OpenWorkflow {
  readonly workflowId: string;
  /** The same for all runs that continue each other: their clock goes on. */
  readonly firstRunId: string;
  /** When its next timer fires, epoch ms. */
  readonly due: number | undefined;
  /** Whether a workflow task or an activity is pending, or the server still moves its clock. */
  readonly isWorking: boolean;
  /** Run and length of its history: while it stays the same, nothing happened. */
  readonly historyMark: string;
  /** How far its clock on the server is ahead of real time; a range, because the request takes time. */
  readonly ahead: { readonly minMs: number; readonly maxMs: number };
}

/** Reads the state of a person's workflows from the server. */
export interface WorkflowInspector {
  /** The open conversation and its open sequences; only the conversation while it is working. */
  listOpen(conversation: ConversationId): Promise<OpenWorkflow[]>;
}

/** Answers of a workflow to queries; they change only with its history. */
interface QueriedState {
  readonly historyMark: string;
  readonly due?: number | undefined;
  /** Of a conversation; empty for a sequence. */
  readonly openSequences: readonly string[];
}

interface Inspection {
  /** Missing when the workflow is closed. */
  readonly open?: OpenWorkflow;
  readonly openSequences: readonly string[];
}

/** As many workflows as move at the same time. */
const MAX_REMEMBERED = 1000;
/** A worker on a busy machine answers within it. */
const MAX_QUERY_WAIT_MS = 10_000;
const NOT_AHEAD: OpenWorkflow['ahead'] = { minMs: 0, maxMs: 0 };

/** Creates an inspector that remembers what a workflow answered until its history grows. */
export function createWorkflowInspector(client: Client): WorkflowInspector {
  const queried = new Map<string, QueriedState>();
  /** Sequences that were open last time: one that has told its conversation of its end may still be closing. */
  const lastOpen = new Map<ConversationId, readonly string[]>();

  async function listOpen(conversation: ConversationId): Promise<OpenWorkflow[]> {
    const known = lastOpen.get(conversation) ?? [];
    const inspectSequence = (name: string) => inspect(sequenceId(name, conversation));
    // Most of them are still open, so they are inspected together with the conversation.
    const [root, ...others] = await Promise.all([inspect(conversation), ...known.map(inspectSequence)]);
    if (root?.open?.isWorking) return [root.open];
    const names = [...new Set([...known, ...(root?.openSequences ?? [])])];
    const sequences = await Promise.all(
      names.map(async (name) => (known.includes(name) ? others[known.indexOf(name)] : inspectSequence(name))),
    );
    const stillOpen = names.filter((_, index) => sequences[index]?.open);
    remember(lastOpen, conversation, stillOpen);
    return [root, ...sequences].flatMap((inspection) => inspection?.open ?? []);
  }

  /** Resolves to `undefined` for a workflow that never ran. */
  function inspect(workflowId: string): Promise<Inspection | undefined> {
    const working: Inspection = {
      open: { workflowId, firstRunId: '', due: undefined, isWorking: true, historyMark: '', ahead: NOT_AHEAD },
      openSequences: [],
    };
    return unlessClosed(async () => {
      try {
        return await inspectNow(workflowId, working);
      } catch (error) {
        // A query that comes while the server changes a task may stay unanswered: it is asked again.
        if (isGrpcDeadlineError(error instanceof Error ? (error.cause ?? error) : error)) return working;
        throw error;
      }
    }, working);
  }

  async function inspectNow(workflowId: string, working: Inspection): Promise<Inspection> {
    const askedAt = Date.now();
    const { status, raw, runId } = await client.workflow.getHandle(workflowId).describe();
    const answeredAt = Date.now();
    const { pendingWorkflowTask, pendingActivities, workflowExtendedInfo, workflowExecutionInfo } = raw;
    const { effectiveConfig, currentTime } = workflowExtendedInfo?.timeSkippingInfo ?? {};
    const historyMark = `${runId} ${String(workflowExecutionInfo?.historyLength)}`;
    if (status.name !== 'RUNNING') return { openSequences: (await query(workflowId, historyMark)).openSequences };
    const isSkipping = effectiveConfig?.enabled === true;
    if (pendingWorkflowTask != null || (pendingActivities?.length ?? 0) > 0 || isSkipping) return working;
    const { due, openSequences } = await query(workflowId, historyMark);
    const now = currentTime == null ? undefined : Number(currentTime.seconds) * 1000 + (currentTime.nanos ?? 0) / 1e6;
    const ahead = now === undefined ? NOT_AHEAD : { minMs: now - answeredAt, maxMs: now - askedAt };
    const firstRunId = workflowExecutionInfo?.firstRunId ?? '';
    return { open: { workflowId, firstRunId, due, isWorking: false, historyMark, ahead }, openSequences };
  }

  async function query(workflowId: string, historyMark: string): Promise<QueriedState> {
    const known = queried.get(workflowId);
    if (known?.historyMark === historyMark) return known;
    const handle = client.workflow.getHandle(workflowId);
    // One after the other: while a workflow task runs, the server buffers a single query.
    const ask = <T>(call: () => Promise<T>) => client.connection.withDeadline(Date.now() + MAX_QUERY_WAIT_MS, call);
    const due = await ask(() => handle.query(nextDueQuery));
    const isConversation = parseWorkflowId(workflowId)?.kind === 'conversation';
    const openSequences = isConversation ? await ask(() => handle.query(openSequencesQuery)) : [];
    const state = { historyMark, due, openSequences };
    remember(queried, workflowId, state);
    return state;
  }

  return { listOpen };
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}
