import { Problem } from '../../../src/api/operator/problem.ts';

const unavailable = () => Promise.reject(new Problem('temporal_unavailable', { retryAfterS: 1 }));
/** What conversations answer while Temporal is away. */
export const NO_TEMPORAL = {
  tagsChanged: unavailable,
  takeOver: unavailable,
  giveBack: unavailable,
  sendMessage: unavailable,
  scheduleMessage: unavailable,
  cancelScheduled: unavailable,
  startSequence: unavailable,
  emitTopic: unavailable,
  stopSequence: unavailable,
  view: unavailable,
  findSequence: unavailable,
};

/** What broadcasts and sequences answer while Temporal is away. */
export const NO_RUNS = {
  startBroadcast: unavailable,
  findSchedule: unavailable,
  setPaused: unavailable,
  stopBroadcast: unavailable,
  findBroadcast: unavailable,
  broadcastTally: unavailable,
  countSequence: unavailable,
  listSequence: unavailable,
  hasWorker: async () => undefined,
  ofPerson: unavailable,
};

const noAnswer = async () => ({ status: 'no_answer', outcome: 'connect_refused' }) as const;
/** Meta, while nobody reaches it. */
export const NO_META = { uploadAttachment: noAnswer, sendAction: noAnswer };
