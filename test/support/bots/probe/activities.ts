import { activityInfo } from '@temporalio/activity';
import { idempotencyKey } from '../../../../src/activities/public-api.ts';

export const activities = {
  /** The key of the call; `late` is written down at the second try. */
  async note(word: string): Promise<string> {
    if (word === 'late' && activityInfo().attempt === 1) throw new Error('not yet');
    return `${word} ${idempotencyKey()}`;
  },
  /** Nobody lists it. */
  async forget(): Promise<void> {},
};
