import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Clock } from '../domain/clock.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import { nextDueQuery, openSequencesQuery, sequenceId } from '../workflows/contract/index.ts';

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
const RUN_UP_MS = 15;
/**
 * What a skip that reaches the server late, on a busy machine, may fire on its way: it ends with the first timer. If its
 * end came while a workflow is at work, server 1.32.0 would skip on to that workflow's next timer, however far.
 */
const MAX_TIMERS = 1;
/** Whoever is less behind than this has come along. */
const TOLERANCE_MS = 1000;
/** Most things are over in no time; for the others it looks less and less often. */
const LOOK_AGAIN_MS = 2;
const LOOK_AGAIN_MS_AT_MOST = 25;
const SETTLED_WITHIN_MS = 60_000;
/** Of so many workflows it remembers what they said; that is all who move at the same time. */
const REMEMBERED = 1000;

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
  /** Run and length of its history: unchanged, nothing happened. */
  readonly events: string;
  /** How far its clock on the server is ahead of real time. Asking takes a while, so: at least, and at most. */
  readonly ahead: { readonly leastMs: number; readonly mostMs: number };
}

/** What a workflow says of itself. Nothing but an event changes it. */
interface Said {
  readonly events: string;
  readonly due?: number | undefined;
  /** Of a conversation. */
  readonly openSequences: readonly string[];
}

/** What one look saw of a workflow. */
interface Sight {
  /** Missing when it is closed. */
  readonly open?: OpenWorkflow;
  readonly openSequences: readonly string[];
}

const NOT_AHEAD: OpenWorkflow['ahead'] = { leastMs: 0, mostMs: 0 };
const NOTHING_KNOWN: ReadonlyMap<string, number> = new Map();

/**
 * The real server's fast-forward, one due moment at a time, so that an activity between two timers sees the time it
 * would have seen. Needs a server with `frontend.WorkflowTimeSkippingEnabled`.
 */
export function createTimeMachine({ client, clock, moveClock }: TimeMachineOptions): TimeMachine & Settling {
  const said = new Map<string, Said>();
  /** Sequences that were open at the last look: one that has told its conversation of its end may still be closing. */
  const watched = new Map<ConversationId, readonly string[]>();

  async function skip(conversation: ConversationId, ms: number): Promise<void> {
    let open = await settled(conversation);
    const end = clock.now(conversation) + ms;
    while (clock.now(conversation) < end) {
      const now = clock.now(conversation);
      const next = Math.min(...open.map(({ due }) => due ?? Infinity));
      const step = Math.min(end, next - RUN_UP_MS) - now;
      if (step > 0) {
        moveClock(conversation, step);
        await Promise.all(open.map(({ workflowId }) => fastForward(workflowId, step)));
      } else {
        await delay(Math.max(1, next - now));
      }
      const moved = Math.max(0, step);
      const shouldBeAhead = new Map(open.map(({ firstRunId, ahead }) => [firstRunId, ahead.leastMs + moved]));
      open = await settled(conversation, shouldBeAhead);
    }
  }

  /** Meanwhile takes along whoever is not as far ahead as they should be: a timer that nobody knew of was on the way. */
  async function settled(conversation: ConversationId, shouldBeAheadMs = NOTHING_KNOWN): Promise<OpenWorkflow[]> {
    const giveUpAt = Date.now() + SETTLED_WITHIN_MS;
    let before: string | undefined;
    for (let pauseMs = LOOK_AGAIN_MS; ; pauseMs = Math.min(LOOK_AGAIN_MS_AT_MOST, pauseMs * 2)) {
      const open = await openWorkflows(conversation);
      for (const { workflowId, firstRunId, isWorking, ahead } of open) {
        const behindMs = (shouldBeAheadMs.get(firstRunId) ?? -Infinity) - ahead.mostMs;
        if (!isWorking && behindMs > TOLERANCE_MS) await fastForward(workflowId, behindMs);
      }
      const now = clock.now(conversation);
      const isAtRest = open.every(({ due, isWorking }) => !isWorking && (due === undefined || due > now));
      // Looked at one after the other, two may tell each other something between the looks; not between two same ones.
      const look = isAtRest ? JSON.stringify(open.map(({ ahead, ...rest }) => rest)) : undefined;
      if (look !== undefined && look === before) return open;
      before = look;
      if (Date.now() > giveUpAt) {
        throw new Error(`${conversation} is still at work after ${SETTLED_WITHIN_MS} ms. Look at it in Temporal's UI.`);
      }
      if (!isAtRest) await delay(pauseMs);
    }
  }

  /** The conversation, and once it is at rest its sequences: nobody is asked anything while at work. */
  async function openWorkflows(conversation: ConversationId): Promise<OpenWorkflow[]> {
    const known = watched.get(conversation) ?? [];
    // Those that were open the last time mostly are still: they are looked at in the same moment.
    const [talk, ...others] = await Promise.all([look(conversation), ...known.map((name) => sequence(name))]);
    if (talk?.open?.isWorking) return [talk.open];
    const names = [...new Set([...known, ...(talk?.openSequences ?? [])])];
    const sights = await Promise.all(
      names.map(async (name) => (known.includes(name) ? others[known.indexOf(name)] : sequence(name))),
    );
    remember(
      watched,
      conversation,
      names.filter((_, index) => sights[index]?.open),
    );
    return [talk, ...sights].flatMap((sight) => sight?.open ?? []);

    function sequence(name: string): Promise<Sight | undefined> {
      return look(sequenceId(name, conversation));
    }
  }

  function look(workflowId: string): Promise<Sight | undefined> {
    const handle = client.workflow.getHandle(workflowId);
    const atWork: OpenWorkflow = {
      workflowId,
      firstRunId: '',
      due: undefined,
      isWorking: true,
      events: '',
      ahead: NOT_AHEAD,
    };
    return ask(
      async () => {
        const askedAt = Date.now();
        const { status, raw, runId } = await handle.describe();
        const answeredAt = Date.now();
        const { pendingWorkflowTask, pendingActivities, workflowExtendedInfo, workflowExecutionInfo } = raw;
        const { effectiveConfig, currentTime } = workflowExtendedInfo?.timeSkippingInfo ?? {};
        const events = `${runId} ${String(workflowExecutionInfo?.historyLength)}`;
        if (status.name !== 'RUNNING') return { openSequences: (await hear(workflowId, events)).openSequences };
        const isSkipping = effectiveConfig?.enabled === true;
        if (pendingWorkflowTask != null || (pendingActivities?.length ?? 0) > 0 || isSkipping)
          return { open: atWork, openSequences: [] };
        const { due, openSequences } = await hear(workflowId, events);
        const now =
          currentTime == null ? undefined : Number(currentTime.seconds) * 1000 + (currentTime.nanos ?? 0) / 1e6;
        const ahead = now === undefined ? NOT_AHEAD : { leastMs: now - answeredAt, mostMs: now - askedAt };
        const firstRunId = workflowExecutionInfo?.firstRunId ?? '';
        return { open: { workflowId, firstRunId, due, isWorking: false, events, ahead }, openSequences };
      },
      { open: atWork, openSequences: [] },
    );
  }

  /** Asks a workflow that nobody has asked since its last event. */
  async function hear(workflowId: string, events: string): Promise<Said> {
    const known = said.get(workflowId);
    if (known?.events === events) return known;
    const handle = client.workflow.getHandle(workflowId);
    const isSequence = workflowId.startsWith('sequence:');
    // One after the other: of a workflow that has begun to work, the server keeps a single question.
    const due = await handle.query(nextDueQuery);
    const openSequences = isSequence ? [] : await handle.query(openSequencesQuery);
    const answer = { events, due, openSequences };
    remember(said, workflowId, answer);
    return answer;
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
            maxSessionSkipCount: MAX_TIMERS,
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
    settled: async (conversation) => void (await settled(conversation)),
    async nextDue(conversation) {
      const dues = (await openWorkflows(conversation)).flatMap(({ due }) => due ?? []);
      return dues.length === 0 ? undefined : Math.min(...dues);
    },
  };
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest);
}

/** A workflow that is gone has nothing to say; one that cannot answer yet is `early`. */
async function ask<T>(question: () => Promise<T>, early?: T): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || codeOf(error) === GRPC.NOT_FOUND) return undefined;
    if (EARLY.has(codeOf(error))) return early;
    throw error;
  }
}

const GRPC = { NOT_FOUND: 5, RESOURCE_EXHAUSTED: 8, FAILED_PRECONDITION: 9 } as const;
/** Its run has not begun, or it is at work and somebody has asked it something already. */
const EARLY = new Set<unknown>([GRPC.FAILED_PRECONDITION, GRPC.RESOURCE_EXHAUSTED]);

function codeOf(error: unknown): unknown {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return (cause as { code?: unknown } | null)?.code;
}
