import { log, proxyActivities } from '@temporalio/workflow';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { ThreadControlOutcome, ThreadControlRequest } from '../../domain/thread-control.ts';
import type { EverthreadActivities } from '../contract/index.ts';

/** Rare, and not worth a place in the workflow task. A turn waits for it no longer than for a send that is late. */
const outside = proxyActivities<EverthreadActivities>({
  startToCloseTimeout: '15 seconds',
  scheduleToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
});

/** Passes, takes, asks for or releases a thread; whatever happens, the talk goes on. */
export async function threadControl(
  conversation: ConversationId,
  request: ThreadControlRequest,
): Promise<ThreadControlOutcome> {
  try {
    const outcome = await outside.threadControl.executeWithOptions({ summary: `${request.action} thread control` }, [
      conversation,
      request,
    ]);
    if (outcome.status !== 'done') log.warn('Thread control did not change', { action: request.action, outcome });
    return outcome;
  } catch (error) {
    log.warn('Nobody can say whether thread control changed', { action: request.action, error: String(error) });
    return { status: 'unknown' };
  }
}
