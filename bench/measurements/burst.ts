/** Measures how fast a burst is acknowledged and answered: several messages of each person, which wait for one another. */

import type { BurstLoad, BurstResult } from '../load/main.ts';
import { type Side, SIDES } from '../people.ts';
import { compareSides, formatRate, type ReportRow } from '../report.ts';
import type { MeasuredProcesses } from './turns.ts';

/** The size of a burst, and how often it is repeated. */
export interface BurstOptions extends Omit<BurstLoad, 'to'> {
  readonly rounds: number;
}

/** Messages answered per second on all sides, and webhooks acknowledged per second. */
export async function measureBurst(
  { load }: Pick<MeasuredProcesses, 'load'>,
  { rounds, ...size }: BurstOptions,
): Promise<ReportRow[]> {
  const measured: Record<Side, BurstResult[]> = { everthread: [], bare: [], tuned: [] };
  for (let number = 0; number < rounds; number += 1) {
    for (const to of SIDES)
      measured[to].push(await load.ask<BurstResult>('burst', { ...size, to } satisfies BurstLoad));
  }

  const what = `burst: ${size.people} people write ${size.each} messages each at once, ${rounds} ×`;
  return [
    {
      what: `${what}, messages answered`,
      ...compareSides(measured, ({ total, answeredMs }) => (total / answeredMs) * 1000, formatRate),
      aim: '≥ 270/s',
    },
    {
      what: `${what}, messages accepted`,
      ...compareSides(measured, ({ total, acknowledgedMs }) => (total / acknowledgedMs) * 1000, formatRate),
    },
  ];
}
