/** Measures turns per second at saturation, in alternating rounds, so that noise of the machine affects both sides alike. */

import type { CrowdLoad } from '../load/main.ts';
import { median } from '../numbers.ts';
import type { Side } from '../people.ts';
import type { Child } from '../processes/child-process.ts';
import type { ReportRow } from '../report.ts';

/** How long and how often to measure. */
export interface TurnsOptions {
  /** Not measured: V8 compiles hot code meanwhile. */
  readonly warmUpSeconds: number;
  readonly rounds: number;
  readonly seconds: number;
}

interface MeasuredProcesses {
  readonly load: Child;
  readonly everthread: Child;
  readonly bare: Child;
}

interface TurnsRound {
  readonly perSecond: number;
  /** Processor time per turn, ms. */
  readonly cpu: number;
}

const CROWD = { people: 200, atOnce: 64 };
const SIDES: readonly Side[] = ['everthread', 'bare'];

/** Turns per second and processor time per turn, on both sides. */
export async function measureTurns(
  parts: MeasuredProcesses,
  { warmUpSeconds, rounds, seconds }: TurnsOptions,
): Promise<ReportRow[]> {
  const measured: Record<Side, TurnsRound[]> = { everthread: [], bare: [] };
  for (const to of SIDES) await measureRound(parts, to, warmUpSeconds);
  for (let number = 0; number < rounds; number += 1) {
    for (const to of SIDES) measured[to].push(await measureRound(parts, to, seconds));
  }
  const { everthread, bare } = measured;
  const ratio = (of: (round: TurnsRound) => number) =>
    median(everthread.map((ours, index) => of(ours) / of(bare[index]!)));
  return [
    {
      what: `saturation: turns, ${CROWD.atOnce} people at once of ${CROWD.people}, ${rounds} × ${seconds} s, median (rounds)`,
      everthread: perSecond(everthread),
      bare: perSecond(bare),
      ratio: ratio((round) => round.perSecond),
      aim: '≥ 0.8',
    },
    {
      what: 'processor time of a turn, load generator included, Temporal not',
      everthread: `${median(everthread.map(({ cpu }) => cpu)).toFixed(1)} ms`,
      bare: `${median(bare.map(({ cpu }) => cpu)).toFixed(1)} ms`,
      ratio: ratio(({ cpu }) => cpu),
    },
  ];
}

async function measureRound({ load, ...sides }: MeasuredProcesses, to: Side, seconds: number): Promise<TurnsRound> {
  const cpu = async () => (await cpuOf(load)) + (await cpuOf(sides[to]));
  const before = await cpu();
  const turns = await load.ask<number>('crowd', { ...CROWD, to, seconds } satisfies CrowdLoad);
  return { perSecond: turns / seconds, cpu: ((await cpu()) - before) / turns };
}

async function cpuOf(child: Child): Promise<number> {
  const { user, system } = await child.ask<NodeJS.CpuUsage>('cpu');
  return (user + system) / 1000;
}

function perSecond(rounds: readonly TurnsRound[]): string {
  const rates = rounds.map((round) => round.perSecond);
  return `${median(rates).toFixed(0)}/s (${rates.map((rate) => rate.toFixed(0)).join(', ')})`;
}
