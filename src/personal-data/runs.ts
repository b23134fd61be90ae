/** The workflows of one person in Temporal: the conversation and the sequences, running and closed. */

import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { backoffMs } from '../backoff.ts';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import { CONVERSATION_TYPE, parseWorkflowId } from '../workflows/contract/index.ts';

/** One run of a workflow. */
export interface PersonRun {
  readonly workflowId: string;
  readonly runId: string;
  /** `conversation`, or the name of the sequence. */
  readonly type: string;
  /** In Temporal's words: `RUNNING`, `COMPLETED`, `CONTINUED_AS_NEW`, … */
  readonly status: string;
  /** Epoch ms, real time. */
  readonly startedAt: number;
  readonly closedAt?: number;
}

/** Finds and removes what Temporal has of a person. */
export interface PersonRuns {
  /** Every run that Temporal still has, as its visibility store lists it: some seconds late. */
  list(conversation: ConversationId): Promise<readonly PersonRun[]>;
  /** Terminates what is running. */
  end(conversation: ConversationId): Promise<void>;
  /**
   * Terminates what is running and deletes every run with its history. Resolves when none is left; rejects when the signal comes
   * first.
   */
  remove(conversation: ConversationId, signal: AbortSignal): Promise<void>;
}

/** Temporal deletes a run up to a minute after it was asked to; if it takes longer, the erasure is tried again. */
const MAX_REMOVAL_MS = 3 * 60_000;
const POLL = { minMs: 100, maxMs: 2000 };
const CALL_MS = 10_000;
const RUNS_PER_PAGE = 1000;
/** Ends no quotes in a query. Meta's ids are digits. */
const PLAIN_ID = /^[\w:.-]+$/;

/** Decrypts nothing: a run whose key is lost is found all the same. */
const UNREAD: PayloadCodec = {
  encode: async (payloads) => payloads,
  decode: async (payloads) => payloads.map(() => ({ metadata: { encoding: Buffer.from('binary/null') } })),
};

/** Runs by Temporal's client. */
export function createPersonRuns({ connection, options: { namespace } }: Client): PersonRuns {
  const dataConverter = { payloadCodecs: [UNREAD] };
  const { workflow, workflowService } = new Client({ connection, namespace, dataConverter });
  const call = <T>(work: () => Promise<T>) => connection.withDeadline(Date.now() + CALL_MS, work);

  async function list(conversation: ConversationId): Promise<readonly PersonRun[]> {
    if (!PLAIN_ID.test(conversation)) return [];
    const { pageId = '' } = conversationParts(conversation) ?? {};
    const ofConversation = await find(`WorkflowId = '${conversation}'`);
    // Visibility finds no end of an id, so that all sequences of the Page are looked at.
    const ofPage = await find(`PageId = '${pageId}' AND WorkflowType != '${CONVERSATION_TYPE}'`);
    return [...ofConversation, ...ofPage.filter(({ workflowId }) => isOfPerson(workflowId, conversation))];
  }

  async function find(query: string): Promise<PersonRun[]> {
    const runs: PersonRun[] = [];
    // Each page is a call with a deadline of its own.
    const pages = workflow.list({ query, pageSize: RUNS_PER_PAGE })[Symbol.asyncIterator]();
    for (let next = await call(() => pages.next()); !next.done; next = await call(() => pages.next())) {
      const { workflowId, runId, type, status: state, startTime, closeTime } = next.value;
      const closedAt = closeTime?.getTime();
      runs.push({
        workflowId,
        runId,
        type,
        status: state.name,
        startedAt: startTime.getTime(),
        ...(closedAt !== undefined && { closedAt }),
      });
    }
    return runs;
  }

  /** The current run of a workflow, which visibility may not list yet. */
  async function current(workflowId: string): Promise<PersonRun | undefined> {
    try {
      const { runId, type, status: state, startTime } = await call(() => workflow.getHandle(workflowId).describe());
      return { workflowId, runId, type, status: state.name, startedAt: startTime.getTime() };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** Also runs that visibility does not list yet, or still lists. */
  async function findAll(conversation: ConversationId): Promise<readonly PersonRun[]> {
    const listed = await list(conversation);
    const workflowIds = new Set([conversation, ...listed.map(({ workflowId }) => workflowId)]);
    const currents = await Promise.all([...workflowIds].map(current));
    return [...listed, ...currents.flatMap((run) => run ?? [])];
  }

  async function endRun({ workflowId, runId }: PersonRun): Promise<void> {
    await ignoringAbsence(call(() => workflow.getHandle(workflowId, runId).terminate('The person is erased.')));
  }

  async function deleteRun(run: PersonRun): Promise<void> {
    const { workflowId, runId } = run;
    await endRun(run);
    const workflowExecution = { workflowId, runId };
    await ignoringAbsence(call(() => workflowService.deleteWorkflowExecution({ namespace, workflowExecution })));
  }

  return {
    list,
    async end(conversation) {
      for (const run of await findAll(conversation)) if (run.status === 'RUNNING') await endRun(run);
    },
    async remove(conversation, signal) {
      const giveUpAt = Date.now() + MAX_REMOVAL_MS;
      const asked = new Set<string>();
      for (let looks = 1; ; looks += 1) {
        const found = await findAll(conversation);
        if (found.length === 0) return;
        if (Date.now() > giveUpAt)
          throw new Error(`Temporal still has ${found.length} runs of a person whose deletion it has accepted`);
        for (const run of found) {
          if (!asked.has(run.runId)) await deleteRun(run);
          asked.add(run.runId);
        }
        await delay(backoffMs(POLL, looks), undefined, { signal });
      }
    },
  };
}

function isOfPerson(workflowId: string, conversation: ConversationId): boolean {
  const name = parseWorkflowId(workflowId);
  return name?.kind === 'sequence' && name.conversation === conversation;
}

/** A run that has ended cannot be terminated, and one that is gone not be deleted. */
async function ignoringAbsence(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const isAbsent =
      error instanceof WorkflowNotFoundError || (isGrpcServiceError(cause) && cause.code === status.NOT_FOUND);
    if (!isAbsent) throw error;
  }
}
