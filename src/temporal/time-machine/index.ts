/** Moves a person through time with the server's time skipping, for `dev` and for tests. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Clock } from '../../domain/clock.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { fastForward } from './fast-forward.ts';
import { createWorkflowInspector, type OpenWorkflow } from './inspect-workflows.ts';

/** What the time machine moves. */
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
  /** When the person's next timer fires, epoch ms of their clock; `undefined` when none is set. */
  nextDue(conversation: ConversationId): Promise<number | undefined>;
}

/** Waits until a person's workflows are idle. */
export interface Settling {
  /** Resolves when none of the person's workflows is working and no timer is overdue. Rejects after a minute. */
  settled(conversation: ConversationId): Promise<void>;
}

/** A skip stops this long before a due time; real time does the rest, so that the skip is over before the timer fires. */
const MARGIN_MS = 15;
/** A workflow's clock that is behind by less has moved with the others. */
const CLOCK_TOLERANCE_MS = 1000;
/** Most work is over at once; the wait between two inspections doubles for the rest. */
const MIN_POLL_MS = 2;
const MAX_POLL_MS = 25;
const SETTLE_TIMEOUT_MS = 60_000;

/** How far the clock of each workflow should be ahead of real time, ms, by its first run id. */
type ExpectedOffsets = ReadonlyMap<string, number>;

/**
 * Fast-forwards to one due time after the other, so that an activity between two timers sees the time that it would have
 * seen. Needs a server with `frontend.WorkflowTimeSkippingEnabled`.
 */
export function createTimeMachine({ client, clock, moveClock }: TimeMachineOptions): TimeMachine & Settling {
  const inspector = createWorkflowInspector(client);

  async function skip(conversation: ConversationId, ms: number): Promise<void> {
    let open = await settle(conversation, new Map());
    const end = clock.now(conversation) + ms;
    while (clock.now(conversation) < end) {
      const now = clock.now(conversation);
      const nextDue = Math.min(...open.map(({ due }) => due ?? Infinity));
      const stepMs = Math.max(0, Math.min(end, nextDue - MARGIN_MS) - now);
      if (stepMs > 0) {
        moveClock(conversation, stepMs);
        await Promise.all(open.map(({ workflowId }) => fastForward(client, workflowId, stepMs)));
      } else {
        await delay(Math.max(1, nextDue - now));
      }
      const expected = new Map(open.map(({ firstRunId, ahead }) => [firstRunId, ahead.minMs + stepMs]));
      open = await settle(conversation, expected);
    }
  }

  /** Resolves to the open workflows when all are idle; meanwhile moves those on whose clock is behind. */
  async function settle(conversation: ConversationId, expected: ExpectedOffsets): Promise<OpenWorkflow[]> {
    const giveUpAt = Date.now() + SETTLE_TIMEOUT_MS;
    let previous: string | undefined;
    for (let pollMs = MIN_POLL_MS; ; pollMs = Math.min(MAX_POLL_MS, pollMs * 2)) {
      const open = await inspector.listOpen(conversation);
      await catchUp(open, expected);
      const now = clock.now(conversation);
      const isIdle = open.every(({ due, isWorking }) => !isWorking && (due === undefined || due > now));
      // Workflows are inspected one after the other and may signal each other in between, but not if nothing changed.
      const state = isIdle ? JSON.stringify(open.map(({ ahead, ...stable }) => stable)) : undefined;
      if (state !== undefined && state === previous) return open;
      previous = state;
      if (Date.now() > giveUpAt) {
        throw new Error(
          `${conversation} is still working after ${SETTLE_TIMEOUT_MS} ms. Inspect its workflow in Temporal's UI.`,
        );
      }
      if (!isIdle) await delay(pollMs);
    }
  }

  /** A fast-forward ends at a timer that was set meanwhile; the rest of the way is made here. */
  async function catchUp(open: readonly OpenWorkflow[], expected: ExpectedOffsets): Promise<void> {
    for (const { workflowId, firstRunId, isWorking, ahead } of open) {
      const behindMs = (expected.get(firstRunId) ?? -Infinity) - ahead.maxMs;
      if (!isWorking && behindMs > CLOCK_TOLERANCE_MS) await fastForward(client, workflowId, behindMs);
    }
  }

  return {
    skip,
    async settled(conversation) {
      await settle(conversation, new Map());
    },
    async nextDue(conversation) {
      const dues = (await inspector.listOpen(conversation)).flatMap(({ due }) => due ?? []);
      return dues.length === 0 ? undefined : Math.min(...dues);
    },
  };
}
