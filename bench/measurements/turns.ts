/** Measures turns per second at saturation, in alternating rounds, so that noise of the machine affects all sides alike. */

import type { CrowdLoad } from '../load/main.ts';
import { type Side, SIDES } from '../people.ts';
import type { Child } from '../processes/child-process.ts';
import { compareSides, formatRate, type ReportRow } from '../report.ts';

/** How long and how often to measure. */
export interface TurnsOptions {
  /** Not measured: V8 compiles hot code meanwhile. */
  readonly warmUpSeconds: number;
  readonly rounds: number;
  readonly seconds: number;
}

/** The load generator, and the process of each side. */
export type MeasuredProcesses = Readonly<Record<'load' | Side, Child>>;

interface TurnsRound {
  readonly perSecond: number;
  /** Processor time of the side's process per turn, ms; neither the load generator's nor Temporal's. */
  readonly cpu: number;
}

const CROWD = { people: 200, atOnce: 64 };

/** Turns per second and processor time per turn, on all sides. */
export async function measureTurns(
  parts: MeasuredProcesses,
  { warmUpSeconds, rounds, seconds }: TurnsOptions,
): Promise<ReportRow[]> {
  const measured: Record<Side, TurnsRound[]> = { everthread: [], bare: [], tuned: [] };
  for (const to of SIDES) await measureRound(parts, to, warmUpSeconds);
  for (let number = 0; number < rounds; number += 1) {
    for (const to of SIDES) measured[to].push(await measureRound(parts, to, seconds));
  }

  return [
    {
      what: `saturation: turns, ${CROWD.atOnce} people at once of ${CROWD.people}, median of ${rounds} × ${seconds} s`,
      ...compareSides(measured, ({ perSecond }) => perSecond, formatRate),
      aim: '≥ 1.0, ≥ 0.9',
    },
    {
      what: 'saturation: processor time of the process per turn',
      ...compareSides(
        measured,
        ({ cpu }) => cpu,
        (value) => `${value.toFixed(1)} ms`,
      ),
      aim: '≤ 1.0',
    },
  ];
}

async function measureRound({ load, ...sides }: MeasuredProcesses, to: Side, seconds: number): Promise<TurnsRound> {
  const before = await cpuOf(sides[to]);
  const turns = await load.ask<number>('crowd', { ...CROWD, to, seconds } satisfies CrowdLoad);
  return { perSecond: turns / seconds, cpu: ((await cpuOf(sides[to])) - before) / turns };
}

async function cpuOf(child: Child): Promise<number> {
  const { user, system } = await child.ask<NodeJS.CpuUsage>('cpu');
  return (user + system) / 1000;
}
