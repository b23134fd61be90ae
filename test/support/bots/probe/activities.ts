import { activityInfo } from '@temporalio/activity';
import { emit, idempotencyKey } from '../../../../src/activities/public-api.ts';

export const activities = {
  /** The key of the call; `late` is written down at the second try. */
  async note(word: string): Promise<string> {
    if (word === 'late' && activityInfo().attempt === 1) throw new Error('not yet');
    return `${word} ${idempotencyKey()}`;
  },
  /** Emits a topic for somebody; the first attempt fails after that. */
  async tell(to: string, topic: string, data?: unknown): Promise<void> {
    await emit({ to, topic, key: idempotencyKey(), ...(data !== undefined && { data }) });
    if (activityInfo().attempt === 1) throw new Error('not yet');
  },
  /** Nobody lists it. */
  async forget(): Promise<void> {},
};
