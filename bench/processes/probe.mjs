/**
 * Loaded with `--import` into each thread of the measured process: reports the processor time of the process and its
 * heap after a garbage collection. Workflows are in the heap of a worker thread, which the main thread's numbers exclude.
 */

import { BroadcastChannel, isMainThread } from 'node:worker_threads';

const channel = new BroadcastChannel('probe');
channel.unref();

async function heapUsed() {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

/** Asks the one thread that runs workflows. */
async function heapOfThread() {
  const answer = new Promise((resolve) => {
    channel.onmessage = ({ data }) => resolve(data.heapUsed);
  });
  channel.postMessage('heap');
  return answer;
}

const answers = {
  cpu: () => process.cpuUsage(),
  heap: async () => ({ inMain: await heapUsed(), inThread: await heapOfThread(), resident: process.memoryUsage.rss() }),
};

if (isMainThread) {
  process.on('message', async ({ id, question }) => {
    const answer = answers[question];
    if (answer) process.send({ id, answer: await answer() });
  });
  process.channel?.unref();
} else if (globalThis.gc) {
  channel.onmessage = ({ data }) => {
    if (data === 'heap') void heapUsed().then((bytes) => channel.postMessage({ heapUsed: bytes }));
  };
}
