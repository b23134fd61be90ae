/** Counts history events per turn in real conversations. */

import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { conversationId } from '../../src/domain/conversation-id.ts';
import { bareConversationId } from '../bare/contract.ts';
import { median } from '../numbers.ts';
import { PAGE_ID, psidOf, type Side } from '../people.ts';
import type { Child } from '../processes/child-process.ts';
import type { ReportRow } from '../report.ts';

const TURNS = 20;
const FIRST_PERSON = 50_000;
const PAUSE_MS = 60;

/** Events of the first turn, and of later turns on average. */
export async function measureHistory(load: Child, temporalAddress: string, people: number): Promise<ReportRow[]> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const client = new Client({ connection });
    const counts = { everthread: await countEvents('everthread'), bare: await countEvents('bare') };
    return [
      {
        what: `history: events of a steady turn (turns 2 to ${TURNS}, mean)`,
        everthread: counts.everthread.steady.toFixed(1),
        bare: counts.bare.steady.toFixed(1),
        ratio: (counts.everthread.steady / counts.bare.steady).toFixed(2),
        aim: '≤ 6 events',
      },
      {
        what: 'history: events of the first turn, start included',
        everthread: String(counts.everthread.first),
        bare: String(counts.bare.first),
      },
    ];

    async function countEvents(to: Side) {
      const counted = [];
      for (let person = FIRST_PERSON; person < FIRST_PERSON + people; person += 1) {
        for (let turn = 0; turn < TURNS; turn += 1) {
          await load.ask('exchange', { to, person });
          await delay(PAUSE_MS);
        }
        counted.push(await eventsOf(to, psidOf(to, person)));
      }
      return { first: median(counted.map(({ first }) => first)), steady: median(counted.map(({ steady }) => steady)) };
    }

    async function eventsOf(to: Side, psid: string) {
      const id =
        to === 'bare' ? bareConversationId(psid) : conversationId({ channel: 'messenger', pageId: PAGE_ID, psid });
      const { events } = await client.workflow.getHandle(id).fetchHistory();
      const all = events ?? [];
      const signals = all.flatMap((event, index) => (event.workflowExecutionSignaledEventAttributes ? [index] : []));
      const first = signals[1] ?? all.length;
      return { first, steady: (all.length - first) / (signals.length - 1) };
    }
  } finally {
    await connection.close();
  }
}
