/**
 * Express and BullMQ: a message is a job on Redis before it is acknowledged, with the message id as the job's id, so that a
 * message that Meta delivers again is one job. A failed job is tried again with backoff, one whose worker died is taken
 * up as stalled. Order per person would take the groups of BullMQ Pro.
 */

import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { answer, serveWebhook } from './messenger.mjs';

const { REDIS_URL } = process.env;
const queue = new Queue('messages', {
  connection: new Redis(REDIS_URL),
  defaultJobOptions: {
    attempts: 5,
    backoff: { type: 'exponential', delay: 500 },
    removeOnComplete: { age: 3600 },
  },
});
const worker = new Worker('messages', ({ data }) => answer(data), {
  connection: new Redis(REDIS_URL, { maxRetriesPerRequest: null }),
  concurrency: 64,
});
worker.on('error', (error) => console.error(error));
await worker.waitUntilReady();

serveWebhook((messages) =>
  queue.addBulk(messages.map((message) => ({ name: 'message', data: message, opts: { jobId: message.mid } }))),
);
