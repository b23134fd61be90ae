/** Measures the time from a message to the call of the Send API on an idle machine. */

import { setTimeout as delay } from 'node:timers/promises';
import { spread, type Spread } from '../numbers.ts';
import { type Side, SIDES } from '../people.ts';
import type { Child } from '../processes/child-process.ts';
import { formatMs, type ReportRow } from '../report.ts';

const PEOPLE = 10;
/** Lets the previous turn end, so that the machine is idle again. */
const PAUSE_MS = 40;

/** p50 and p99 of `messages` exchanges on each side, alternating. */
export async function measureIdle(load: Child, messages: number): Promise<ReportRow[]> {
  const times: Record<Side, number[]> = { everthread: [], bare: [], tuned: [] };
  for (let message = 0; message < messages + PEOPLE; message += 1) {
    // Each side comes first, second and third equally often.
    const sides = SIDES.map((_, index) => SIDES[(index + message) % SIDES.length]!);
    for (const to of sides) {
      const took = await load.ask<number>('exchange', { to, person: message % PEOPLE });
      if (message >= PEOPLE) times[to].push(took);
      await delay(PAUSE_MS);
    }
  }

  const row = (of: (values: Spread) => number) => {
    const [ours, bare, tuned] = SIDES.map((side) => of(spread(times[side]))) as [number, number, number];
    return {
      everthread: formatMs(ours),
      bare: formatMs(bare),
      ratio: (ours / bare).toFixed(2),
      tuned: formatMs(tuned),
      tunedRatio: (ours / tuned).toFixed(2),
    };
  };
  return [
    {
      what: `idle: message → Send API call, p50 (${messages} each)`,
      ...row(({ p50 }) => p50),
      aim: '≤ 1.1, ≤ 1.2',
    },
    { what: 'idle: message → Send API call, p99', ...row(({ p99 }) => p99) },
  ];
}
