import { Problem } from '../../../src/api/operator/problem.ts';

const unavailable = () => Promise.reject(new Problem('temporal_unavailable', { retryAfterS: 1 }));
/** What conversations answer while Temporal is away. */
export const NO_TEMPORAL = {
  tagsChanged: unavailable,
  takeOver: unavailable,
  giveBack: unavailable,
  sendMessage: unavailable,
  startSequence: unavailable,
  emitTopic: unavailable,
  stopSequence: unavailable,
  view: unavailable,
  findSequence: unavailable,
};
