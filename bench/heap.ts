/** What a conversation costs in the worker's memory while it is cached. */
import type { Child } from './children.ts';
import type { Side } from './load/main.ts';
import { slope } from './numbers.ts';
import type { Row } from './report.ts';
import type { Stage } from './stage.ts';

interface Heap {
  readonly inMain: number;
  /** Workflows live here. */
  readonly inThread: number;
  readonly rss: number;
}

const WITH_GC = ['--expose-gc'];
/** The first ones also pay for code that is compiled once. */
const WARM_UP = 50;

export async function measureHeap(stage: Stage, graphUrl: string, sizes: readonly number[]): Promise<Row[]> {
  const temporalAddress = await stage.temporal();
  const everthread = await stage.everthread({
    command: 'start',
    databaseUrl: stage.sqlite(),
    temporalAddress,
    graphUrl,
    nodeArgs: WITH_GC,
  });
  const ours = await grow(everthread, 'everthread', everthread.hello.url);
  await everthread.stop();
  const worker = await stage.bare(temporalAddress, graphUrl, WITH_GC);
  const bare = await grow(worker, 'bare');
  await worker.stop();
  return [
    {
      what: `heap per cached conversation of the example bot, one turn each (slope over ${sizes.join(', ')})`,
      everthread: `${ours.heap.toFixed(0)} KiB`,
      bare: `${bare.heap.toFixed(0)} KiB`,
      ratio: ours.heap / bare.heap,
      aim: '≤ 80 KiB',
    },
    {
      what: 'resident memory per cached conversation, the engine’s native part included',
      everthread: `${ours.rss.toFixed(0)} KiB`,
      bare: `${bare.rss.toFixed(0)} KiB`,
    },
  ];

  async function grow(process_: Child, to: Side, webhookUrl?: string) {
    const load = await stage.load({ graphUrl, temporalAddress, ...(webhookUrl !== undefined && { webhookUrl }) });
    const points: { readonly people: number; readonly heap: Heap }[] = [];
    for (const [index, people] of [WARM_UP, ...sizes].entries()) {
      await load.ask('greet', { to, from: index === 0 ? 0 : [WARM_UP, ...sizes][index - 1]!, upTo: people });
      await load.ask('untilSilent');
      if (index > 0) points.push({ people, heap: await process_.ask<Heap>('heap') });
    }
    await load.stop();
    const perPerson = (of: (heap: Heap) => number) =>
      slope(points.map(({ people, heap }) => ({ x: people, y: of(heap) / 1024 })));
    return { heap: perPerson(({ inMain, inThread }) => inMain + inThread), rss: perPerson(({ rss }) => rss) };
  }
}
