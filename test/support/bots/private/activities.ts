/** Activities that get what a person wrote, and fail with it. */

import { ApplicationFailure } from '@temporalio/common';

export const activities = {
  async refuse(words: string): Promise<string> {
    throw ApplicationFailure.nonRetryable(`Nobody can do "${words}"`, 'refused');
  },
};
