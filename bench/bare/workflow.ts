/** The least that answers messages with Temporal: a signal pushes, a loop drains, a local activity calls. */

import { condition, defineSignal, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import { BARE_SIGNAL, type BareActivities, type BareMessage } from './contract.ts';

const { answer } = proxyLocalActivities<BareActivities>({
  startToCloseTimeout: '6 seconds',
  retry: { maximumAttempts: 1 },
});

export async function bareConversation(psid: string): Promise<void> {
  const queue: BareMessage[] = [];
  setHandler(defineSignal<[BareMessage]>(BARE_SIGNAL), (message) => void queue.push(message));
  for (;;) {
    await condition(() => queue.length > 0);
    for (let message = queue.shift(); message; message = queue.shift()) await answer(psid, message);
  }
}
