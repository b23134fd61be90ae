/** The smallest workflow that answers messages: a signal queues them, a loop answers each by a local activity. */

import { condition, defineSignal, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import { BARE_SIGNAL, type BareActivities, type BareMessage } from './contract.ts';

const { answer } = proxyLocalActivities<BareActivities>({
  startToCloseTimeout: '6 seconds',
  retry: { maximumAttempts: 1 },
});

/** Runs until it is terminated. */
export async function bareConversation(psid: string): Promise<void> {
  const queue: BareMessage[] = [];
  setHandler(defineSignal<[BareMessage]>(BARE_SIGNAL), (message) => void queue.push(message));
  for (;;) {
    await condition(() => queue.length > 0);
    for (let message = queue.shift(); message; message = queue.shift()) await answer(psid, message);
  }
}
