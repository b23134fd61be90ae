import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { ConversationId } from '../messenger/conversation.ts';
import { nextDueQuery, openSequencesQuery, sequenceId, type Clock } from '../workflows/contract.ts';

export interface TimeMachineOptions {
  readonly client: Client;
  /** The person's clock, which activities and the simulator read. */
  readonly clock: Clock;
  readonly moveClock: (conversation: ConversationId, ms: number) => void;
}

/** Moves one person through time: their clock, their conversation and their sequences together. */
export interface TimeMachine {
  /** Goes forward. What falls due on the way happens at its own time, one thing after the other. */
  skip(conversation: ConversationId, ms: number): Promise<void>;
  /** When the next thing happens by itself, epoch ms of that person's clock. */
  nextDue(conversation: ConversationId): Promise<number | undefined>;
}

/** So much of the way to a due moment is gone at the pace of real time, so that the skip is over before it. */
const RUN_UP_MS = 50;
/**
 * What a skip that reaches the server late, on a busy machine, may fire on its way: it ends with the first timer. If its
 * end came while a workflow is at work, server 1.32.0 would skip on to that workflow's next timer, however far.
 */
const MOST_TIMERS = 1;
/** Whoever is less behind than this has come along. */
const TOLERANCE_MS = 1000;
const LOOK_AGAIN_MS = 25;
const SETTLED_WITHIN_MS = 60_000;

/** Knows when there is nothing left to wait for. */
export interface Settling {
  /** Resolves when none of the person's workflows is at work and nothing is overdue. */
  settled(conversation: ConversationId): Promise<void>;
}

interface OpenWorkflow {
  readonly workflowId: string;
  /** The same for all runs that continue each other: their clock goes on. */
  readonly firstRunId: string;
  /** A moment in the past while the workflow is at work. */
  readonly due: number | undefined;
  readonly isWorking: boolean;
  /** How many events its history has: unchanged, nothing happened. */
  readonly events: string;
  /** How far its clock on the server is ahead of real time. Asking takes a while, so: at least, and at most. */
  readonly ahead: { readonly leastMs: number; readonly mostMs: number };
}

const NOT_AHEAD: OpenWorkflow['ahead'] = { leastMs: 0, mostMs: 0 };
const NOTHING_KNOWN: ReadonlyMap<string, number> = new Map();

/**
 * The real server's fast-forward, one due moment at a time, so that an activity between two timers sees the time it
 * would have seen. Needs a server with `frontend.WorkflowTimeSkippingEnabled`.
 */
export function createTimeMachine({ client, clock, moveClock }: TimeMachineOptions): TimeMachine & Settling {
  async function skip(conversation: ConversationId, ms: number): Promise<void> {
    await settled(conversation);
    const end = clock.now(conversation) + ms;
    while (clock.now(conversation) < end) {
      const open = await openWorkflows(conversation);
      const now = clock.now(conversation);
      const next = Math.min(...open.map(({ due }) => due ?? Infinity));
      const step = Math.min(end, next - RUN_UP_MS) - now;
      // Somebody has written in this very moment: first things first.
      const isBusy = open.some(({ isWorking }) => isWorking);
      if (step > 0 && !isBusy) {
        moveClock(conversation, step);
        await Promise.all(open.map(({ workflowId }) => fastForward(workflowId, step)));
      } else if (!isBusy) {
        await delay(Math.max(1, next - now));
      }
      const moved = step > 0 && !isBusy ? step : 0;
      await settled(conversation, new Map(open.map(({ firstRunId, ahead }) => [firstRunId, ahead.leastMs + moved])));
    }
  }

  /** Meanwhile takes along whoever is not as far ahead as they should be: a timer that nobody knew of was on the way. */
  async function settled(conversation: ConversationId, shouldBeAheadMs = NOTHING_KNOWN): Promise<void> {
    const giveUpAt = Date.now() + SETTLED_WITHIN_MS;
    let before: string | undefined;
    for (;;) {
      const open = await openWorkflows(conversation);
      for (const { workflowId, firstRunId, isWorking, ahead } of open) {
        const behindMs = (shouldBeAheadMs.get(firstRunId) ?? -Infinity) - ahead.mostMs;
        if (!isWorking && behindMs > TOLERANCE_MS) await fastForward(workflowId, behindMs);
      }
      const now = clock.now(conversation);
      const isAtRest = open.every(({ due, isWorking }) => !isWorking && (due === undefined || due > now));
      // Looked at one after the other, two may tell each other something between the looks; not between two same ones.
      const look = isAtRest ? JSON.stringify(open.map(({ ahead, ...rest }) => rest)) : undefined;
      if (look !== undefined && look === before) return;
      before = look;
      if (Date.now() > giveUpAt) {
        throw new Error(`${conversation} is still at work after ${SETTLED_WITHIN_MS} ms. Look at it in Temporal's UI.`);
      }
      if (!isAtRest) await delay(LOOK_AGAIN_MS);
    }
  }

  /** The conversation, and once it is at rest its sequences: nobody is asked anything while at work. */
  async function openWorkflows(conversation: ConversationId): Promise<OpenWorkflow[]> {
    const talk = await look(conversation);
    if (talk?.isWorking) return [talk];
    const names = (await ask(() => client.workflow.getHandle(conversation).query(openSequencesQuery), [])) ?? [];
    const sequences = await Promise.all(names.map((name) => look(sequenceId(name, conversation))));
    return [talk, ...sequences].filter((workflow) => workflow !== undefined);
  }

  function look(workflowId: string): Promise<OpenWorkflow | undefined> {
    const handle = client.workflow.getHandle(workflowId);
    const atWork = { workflowId, firstRunId: '', due: undefined, isWorking: true, events: '0', ahead: NOT_AHEAD };
    return ask(async () => {
      const askedAt = Date.now();
      const { status, raw } = await handle.describe();
      const answeredAt = Date.now();
      if (status.name !== 'RUNNING') return undefined;
      const { pendingWorkflowTask, pendingActivities, workflowExtendedInfo, workflowExecutionInfo } = raw;
      const { effectiveConfig, currentTime } = workflowExtendedInfo?.timeSkippingInfo ?? {};
      const isSkipping = effectiveConfig?.enabled === true;
      if (pendingWorkflowTask != null || (pendingActivities?.length ?? 0) > 0 || isSkipping) return atWork;
      const due = await handle.query(nextDueQuery);
      const now = currentTime == null ? undefined : Number(currentTime.seconds) * 1000 + (currentTime.nanos ?? 0) / 1e6;
      return {
        workflowId,
        firstRunId: workflowExecutionInfo?.firstRunId ?? '',
        due,
        isWorking: false,
        events: String(workflowExecutionInfo?.historyLength),
        ahead: now === undefined ? NOT_AHEAD : { leastMs: now - answeredAt, mostMs: now - askedAt },
      };
    }, atWork);
  }

  async function fastForward(workflowId: string, ms: number): Promise<void> {
    const seconds = Math.floor(ms / 1000);
    const duration = { seconds, nanos: Math.floor((ms - seconds * 1000) * 1e6) };
    await ask(() =>
      client.workflowService.updateWorkflowExecutionOptions({
        namespace: client.options.namespace,
        workflowExecution: { workflowId },
        workflowExecutionOptions: {
          timeSkippingConfig: {
            enabled: true,
            maxSessionSkipCount: MOST_TIMERS,
            // The generated type asks for a Long; the wire takes the number.
            fastForwardConfig: { id: `${Date.now()}-${Math.random()}`, duration: duration as never },
          },
        },
        updateMask: { paths: ['time_skipping_config'] },
      }),
    );
  }

  return {
    skip,
    settled: (conversation) => settled(conversation),
    async nextDue(conversation) {
      const dues = (await openWorkflows(conversation)).flatMap(({ due }) => due ?? []);
      return dues.length === 0 ? undefined : Math.min(...dues);
    },
  };
}

/** A workflow that is gone has nothing to say; one whose run has not begun yet is `early`. */
async function ask<T>(question: () => Promise<T>, early?: T): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || codeOf(error) === GRPC.NOT_FOUND) return undefined;
    if (codeOf(error) === GRPC.FAILED_PRECONDITION) return early;
    throw error;
  }
}

const GRPC = { NOT_FOUND: 5, FAILED_PRECONDITION: 9 } as const;

function codeOf(error: unknown): unknown {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return (cause as { code?: unknown } | null)?.code;
}
