/** Sends a person's message: as a signed webhook of Meta's, or as a signal to the bare workflow. */

import { createHmac } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { Agent, request } from 'undici';
import { bareConversationId, BARE_TASK_QUEUE, BARE_TYPE, BARE_SIGNAL, type BareMessage } from '../bare/contract.ts';
import { APP_SECRET, PAGE_ID, psidOf } from '../people.ts';

/** Sends a text as one person; resolves when it is acknowledged. */
export type Speaker = (person: number, text: string) => Promise<void>;

let messages = 0;

/** Unique across the load generators of one machine. */
function newMid(): string {
  messages += 1;
  return `m_bench${process.pid}_${messages}`;
}

/** Posts webhooks to everthread's api. */
export function webhookSpeaker(url: string): Speaker {
  const dispatcher = new Agent({ connections: 256, pipelining: 1 });
  return async (person, text) => {
    const timestamp = Date.now();
    const body = JSON.stringify({
      object: 'page',
      entry: [
        {
          id: PAGE_ID,
          time: timestamp,
          messaging: [
            {
              sender: { id: psidOf('everthread', person) },
              recipient: { id: PAGE_ID },
              timestamp,
              message: { mid: newMid(), text },
            },
          ],
        },
      ],
    });
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

/** Signals the bare workflow. */
export async function signalSpeaker(temporalAddress: string): Promise<Speaker> {
  const client = new Client({ connection: await Connection.connect({ address: temporalAddress }) });
  return async (person, text) => {
    const psid = psidOf('bare', person);
    await client.workflow.signalWithStart(BARE_TYPE, {
      workflowId: bareConversationId(psid),
      taskQueue: BARE_TASK_QUEUE,
      args: [psid],
      signal: BARE_SIGNAL,
      signalArgs: [{ mid: newMid(), text } satisfies BareMessage],
    });
  };
}
