/** Measures the memory of a worker while sequences wait: beyond the cache they should cost nothing. */

import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { conversationId } from '../../src/domain/conversation-id.ts';
import { sequenceId, TASK_QUEUE, type SequenceInput } from '../../src/workflows/contract/index.ts';
import { slope } from '../numbers.ts';
import { PAGE_ID, psidOf } from '../people.ts';
import type { Child } from '../processes/child-process.ts';
import type { BenchProcesses } from '../processes/index.ts';
import type { ReportRow } from '../report.ts';

/** How many sequences wait. */
export interface WaitingOptions {
  /** How many workflows the worker caches. */
  readonly cached: number;
  /** Numbers of waiting sequences at which memory is measured; all larger than `cached`. */
  readonly sizes: readonly number[];
}

/** The example bot's follow-up: it sleeps two hours first. */
const SEQUENCE = 'spring-offer';
const STARTS_AT_ONCE = 50;
const POLL_MS = 50;
const MIB = 1024 * 1024;

interface MemoryUse {
  readonly inMain: number;
  readonly inThread: number;
  readonly resident: number;
}

/** Heap and resident memory by number of waiting sequences. */
export async function measureWaiting(
  stage: BenchProcesses,
  graphUrl: string,
  options: WaitingOptions,
): Promise<ReportRow[]> {
  const { cached, sizes } = options;
  const { address: temporalAddress } = await stage.temporal();
  const worker = await stage.everthread({
    command: 'start',
    databaseUrl: stage.sqlite(),
    temporalAddress,
    graphUrl,
    nodeArgs: ['--expose-gc'],
    env: { WORKER_CACHED_WORKFLOWS: String(cached) },
  });
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const client = new Client({ connection });
    const points: { readonly waiting: number; readonly memory: MemoryUse }[] = [await measureMemory(worker, 0)];
    for (const [index, size] of [cached, ...sizes].entries()) {
      await startWaiting(client, index === 0 ? 0 : ([cached, ...sizes][index - 1] ?? 0), size);
      points.push(await measureMemory(worker, size));
    }
    return [toRow(points, cached)];
  } finally {
    await connection.close();
    await worker.stop();
  }
}

async function measureMemory(worker: Child, waiting: number) {
  return { waiting, memory: await worker.ask<MemoryUse>('heap') };
}

function toRow(points: readonly { readonly waiting: number; readonly memory: MemoryUse }[], cached: number): ReportRow {
  const heapOf = ({ inMain, inThread }: MemoryUse) => inMain + inThread;
  const beyond = points.filter(({ waiting }) => waiting >= cached);
  const each = slope(beyond.map(({ waiting, memory }) => ({ x: waiting, y: heapOf(memory) / 1024 })));
  const inMib = (bytes: (memory: MemoryUse) => number) =>
    points.map(({ memory }) => (bytes(memory) / MIB).toFixed(0)).join(', ');
  return {
    what: `heap of a worker that keeps ${cached} ready, while ${points.map(({ waiting }) => waiting).join(', ')} sequences wait`,
    everthread: `${inMib(heapOf)} MiB (resident ${inMib(({ resident }) => resident)}); ${each.toFixed(1)} KiB for each beyond the cache`,
    aim: '0 KiB',
  };
}

/** Starts the sequences `from` to `upTo`, and resolves when they sleep. */
async function startWaiting(client: Client, from: number, upTo: number): Promise<void> {
  let next = from;
  const starter = async () => {
    while (next < upTo) {
      const person = next;
      next += 1;
      const conversation = conversationId({
        channel: 'messenger',
        pageId: PAGE_ID,
        psid: psidOf('everthread', person),
      });
      const input: SequenceInput = { conversation, occasion: 'bench', contact: {} };
      await client.workflow.start(SEQUENCE, {
        workflowId: sequenceId(SEQUENCE, conversation),
        taskQueue: TASK_QUEUE,
        args: [input],
      });
      // No faster than the worker: tasks that queue up would time out.
      if (person % STARTS_AT_ONCE === 0) await untilItSleeps(client, sequenceId(SEQUENCE, conversation));
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, starter));
  for (let person = Math.max(from, upTo - 2 * STARTS_AT_ONCE); person < upTo; person += 1) {
    const conversation = conversationId({ channel: 'messenger', pageId: PAGE_ID, psid: psidOf('everthread', person) });
    await untilItSleeps(client, sequenceId(SEQUENCE, conversation));
  }
}

async function untilItSleeps(client: Client, workflowId: string): Promise<void> {
  for (;;) {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    if (events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes != null)) return;
    await delay(POLL_MS);
  }
}
