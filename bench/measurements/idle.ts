/** Measures the time from a message to the call of the Send API on an idle machine. */

import { setTimeout as delay } from 'node:timers/promises';
import { spread } from '../numbers.ts';
import type { Side } from '../people.ts';
import type { Child } from '../processes/child-process.ts';
import { formatMs, type ReportRow } from '../report.ts';

const PEOPLE = 10;
/** Lets the previous turn end, so that the machine is idle again. */
const PAUSE_MS = 40;

/** p50 and p99 of `messages` exchanges on each side, alternating. */
export async function measureIdle(load: Child, messages: number): Promise<ReportRow[]> {
  const times: Record<Side, number[]> = { everthread: [], bare: [] };
  for (let message = 0; message < messages + PEOPLE; message += 1) {
    const sides: Side[] = message % 2 === 0 ? ['everthread', 'bare'] : ['bare', 'everthread'];
    for (const to of sides) {
      const took = await load.ask<number>('exchange', { to, person: message % PEOPLE });
      if (message >= PEOPLE) times[to].push(took);
      await delay(PAUSE_MS);
    }
  }
  const [ours, bare] = [spread(times.everthread), spread(times.bare)];
  return [
    {
      what: `idle: message → Send API call, p50 (${messages} each)`,
      everthread: formatMs(ours.p50),
      bare: formatMs(bare.p50),
      ratio: ours.p50 / bare.p50,
      aim: '≤ 1.5',
    },
    {
      what: 'idle: message → Send API call, p99',
      everthread: formatMs(ours.p99),
      bare: formatMs(bare.p99),
      ratio: ours.p99 / bare.p99,
    },
  ];
}
