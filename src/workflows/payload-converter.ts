/**
 * Reads payloads in the sandbox. What cannot be decoded, such as a signal by hand in an encoding that no code of ours writes,
 * is read as nothing: an error would fail each task of that workflow for ever, before any handler is called.
 */

import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/common';

/** The converter of workflows; the bundler looks for this name. */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  fromPayload<T>(...[payload, context, hint]: Parameters<PayloadConverter['fromPayload']>): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload, context, hint as never);
    } catch (error) {
      // The result of an activity is of our own making, and its error is worth a failure.
      if (context?.type === 'activity') throw error;
      return undefined as T;
    }
  },
};
