import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import { BotError } from '../messenger/bot-error.ts';
import { textOfOutbound } from '../messenger/outbound-message.ts';
import { outboundMessage } from '../messenger/sayable.ts';
import type { Sayable } from '../messenger/outbound-message.ts';
import type { EverthreadActivities, SendOutcome, SendRequest } from './contract.ts';

/** One quick try in the workflow task: half the events and a third of the latency of a normal activity. */
const local = proxyLocalActivities<EverthreadActivities>({
  startToCloseTimeout: '6 seconds',
  retry: { maximumAttempts: 1 },
});

/** What the quick try could not settle: retried durably until the window closes. */
const durable = proxyActivities<EverthreadActivities>({
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '24 hours',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

const LONGEST_SUMMARY = 80;

/** Sends, and gives what became of it as a value: the same for plugins and sequences, whatever happens outside. */
export async function send(request: Omit<SendRequest, 'message' | 'phase'>, sayable: Sayable): Promise<SendOutcome> {
  let message;
  try {
    message = outboundMessage(sayable);
  } catch (error) {
    return { status: 'failed', code: error instanceof BotError ? error.code : 'message_invalid' };
  }
  const summary = textOfOutbound(message).slice(0, LONGEST_SUMMARY);
  // A send that began is finished, also when its sequence is stopped meanwhile.
  return CancellationScope.nonCancellable(async () => {
    const attempt = await local.sendMessage
      .executeWithOptions({ summary }, [{ ...request, message, phase: 'local' }])
      .catch(() => ({ status: 'deferred' }) as const);
    if (attempt.status !== 'deferred') return attempt;
    return settle({ ...request, message, phase: 'durable' }, summary);
  });
}

async function settle(request: SendRequest, summary: string): Promise<SendOutcome> {
  try {
    const outcome = await durable.sendMessage.executeWithOptions({ summary }, [request]);
    return outcome.status === 'deferred' ? { status: 'unknown' } : outcome;
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : error;
    return { status: 'failed', code: (cause instanceof ApplicationFailure && cause.type) || 'not_settled' };
  }
}
