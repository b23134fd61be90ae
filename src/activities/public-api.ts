/** `everthread/activities`: what a bot's `activities.ts` may import. It runs in ordinary Node, not in the sandbox. */

import { createHash } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';

/**
 * The idempotency key of the running activity: the same for every attempt, after a crash of the worker, and when the whole
 * conversation is reset. Two calls never share one. Pass it to a service that takes such keys, or store it beside what you
 * write, and nothing is booked twice.
 *
 * ```ts
 * // activities.ts
 * import { idempotencyKey } from 'everthread/activities';
 *
 * export const activities = {
 *   async saveToCrm(lead: { email: string }): Promise<void> {
 *     await fetch('https://crm.example/leads', {
 *       method: 'POST',
 *       headers: { 'Idempotency-Key': idempotencyKey() },
 *       body: JSON.stringify(lead),
 *     });
 *   },
 * };
 * ```
 * 40 hexadecimal digits: a hash, from which nobody learns who the person is.
 *
 * @throws where no activity is running, as at the top of a module.
 */
export function idempotencyKey(): string {
  const { workflowExecution, activityId } = activityInfo();
  return createHash('sha256')
    .update(`${workflowExecution?.workflowId ?? ''}/${activityId}`)
    .digest('hex')
    .slice(0, 40);
}
