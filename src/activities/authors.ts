/** What the author's `activities.ts` may import: `everthread/activities`. It runs in ordinary Node, not in the sandbox. */

import { createHash } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';

/**
 * A key for the call that is being worked on, the same each time it is tried: after a failure, after a crash of the
 * worker, and when a whole conversation is reset and does everything again. Two calls never share one. Hand it to a
 * service that knows such keys, or keep it beside what you write, and nothing is booked twice.
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
 * It is made of what the bot was answering, who asked and the place of the call among theirs; 40 hexadecimal digits, from
 * which nobody learns who the person is.
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
