/** Sends a person's message: as a signed webhook of Meta's, or as a signal to the bare workflow. */

import { createHmac } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { Agent, request } from 'undici';
import {
  BARE_SIGNAL,
  BARE_TASK_QUEUES,
  BARE_TYPE,
  bareConversationId,
  type BareMessage,
  type BareSide,
} from '../bare/contract.ts';
import { APP_SECRET, PAGE_ID, psidOf } from '../people.ts';

/** Sends a text as one person; resolves when it is acknowledged. */
export type Speaker = (person: number, text: string) => Promise<void>;

let messages = 0;

/** Unique across the load generators of one machine. */
function newMid(): string {
  messages += 1;
  return `m_bench${process.pid}_${messages}`;
}

/** Posts webhooks to everthread's api, or to another bot. */
export function webhookSpeaker(url: string): Speaker {
  const post = webhookPoster(url);
  return (person, text) =>
    post({
      sender: { id: psidOf('everthread', person) },
      recipient: { id: PAGE_ID },
      message: { mid: newMid(), text },
    });
}

/** Posts one messaging item as a signed webhook; resolves when it is acknowledged. */
export function webhookPoster(url: string): (item: object) => Promise<void> {
  const dispatcher = new Agent({ connections: 256, pipelining: 1 });
  return async (item) => {
    const timestamp = Date.now();
    const entry = [{ id: PAGE_ID, time: timestamp, messaging: [{ ...item, timestamp }] }];
    const body = JSON.stringify({ object: 'page', entry });
    const signature = `sha256=${createHmac('sha256', APP_SECRET).update(body).digest('hex')}`;
    const { statusCode, body: answer } = await request(`${url}/webhook`, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      body,
      headersTimeout: 20_000,
    });
    await answer.dump();
    if (statusCode !== 200) throw new Error(`The webhook answered ${statusCode}`);
  };
}

/** Signals a bare workflow. */
export function signalSpeaker(client: Client, side: BareSide): Speaker {
  return async (person, text) => {
    const psid = psidOf(side, person);
    await client.workflow.signalWithStart(BARE_TYPE, {
      workflowId: bareConversationId(psid),
      taskQueue: BARE_TASK_QUEUES[side],
      args: [psid],
      signal: BARE_SIGNAL,
      signalArgs: [{ mid: newMid(), text } satisfies BareMessage],
    });
  };
}
