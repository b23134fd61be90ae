/**
 * Loaded with `--import` into the measured process, and so into each of its threads: says how much heap is in use
 * after a collection. Workflows live in the heap of a thread, which the main thread's numbers leave out.
 */
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

const channel = new BroadcastChannel('heap-probe');
channel.unref();

async function heapUsed() {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

if (!isMainThread) {
  channel.onmessage = async ({ data }) => {
    if (data === 'how much?') channel.postMessage({ heapUsed: await heapUsed() });
  };
} else {
  process.on('message', async ({ id, question }) => {
    if (question !== 'heap') return;
    let inThreads = 0;
    channel.onmessage = ({ data }) => {
      inThreads += data.heapUsed ?? 0;
    };
    channel.postMessage('how much?');
    const inMain = await heapUsed();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    process.send({ id, answer: { inMain, inThreads, rss: process.memoryUsage.rss() } });
  });
  process.channel?.unref();
}
