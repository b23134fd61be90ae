/** Measures the heap of the worker per cached conversation. */

import { slope } from '../numbers.ts';
import type { Side } from '../people.ts';
import type { Child } from '../processes/child-process.ts';
import type { BenchProcesses } from '../processes/index.ts';
import type { ReportRow } from '../report.ts';

interface HeapUse {
  readonly inMain: number;
  /** The heap of the thread that runs workflows. */
  readonly inThread: number;
}

const WITH_GC = ['--expose-gc'];
/** The first conversations include the cost of compiling code once. */
const WARM_UP = 30;

/** KiB per conversation, as the slope over several sizes. */
export async function measureHeap(
  stage: BenchProcesses,
  graphUrl: string,
  sizes: readonly number[],
): Promise<ReportRow[]> {
  const { address: temporalAddress } = await stage.temporal();
  const databaseUrl = stage.sqlite();
  const [everthread, worker] = await Promise.all([
    stage.everthread({ command: 'start', databaseUrl, temporalAddress, graphUrl, nodeArgs: WITH_GC }),
    stage.bare('bare', { temporalAddress, graphUrl, nodeArgs: WITH_GC }),
  ]);
  const [ours, bare] = await Promise.all([grow(everthread, 'everthread', everthread.hello.url), grow(worker, 'bare')]);
  for (const part of [everthread, worker]) await part.stop();
  return [
    {
      what: `heap per cached conversation of the example bot, one turn each (slope over ${sizes.join(', ')})`,
      everthread: `${ours.toFixed(0)} KiB`,
      bare: `${bare.toFixed(0)} KiB`,
      ratio: (ours / bare).toFixed(2),
      aim: '≤ 65 KiB',
    },
  ];

  async function grow(process_: Child, to: Side, webhookUrl?: string) {
    const load = await stage.load({ graphUrl, temporalAddress, ...(webhookUrl !== undefined && { webhookUrl }) });
    const points: { readonly people: number; readonly heap: HeapUse }[] = [];
    await load.ask('greet', { to, from: 0, upTo: WARM_UP });
    for (const [index, people] of sizes.entries()) {
      await load.ask('greet', { to, from: sizes[index - 1] ?? WARM_UP, upTo: people });
      await load.ask('untilSilent');
      points.push({ people, heap: await process_.ask<HeapUse>('heap') });
    }
    await load.stop();
    return slope(
      points.map(({ people, heap: { inMain, inThread } }) => ({ x: people, y: (inMain + inThread) / 1024 })),
    );
  }
}
