/** The process that `worker-process.ts` starts: a worker that `everthread start` watches and stops. */

import { serializeError } from '../domain/serialized-error.ts';
import { runWorker } from './commands/serve.ts';
import { ALIVE_EVERY_MS, METRICS_MESSAGE, STOP_MESSAGE, type WorkerMessage } from './worker-process.ts';

const [botFile] = process.argv.slice(2);
const send = (message: WorkerMessage) =>
  new Promise<void>((resolve) => {
    if (!process.send?.(message, undefined, undefined, () => resolve())) resolve();
  });

// `start` is gone, killed or stopped by a second Ctrl-C.
process.once('disconnect', () => process.exit(1));
// Ctrl-C and the end of a terminal reach all its processes: `start` says when to stop.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
const stopAsked = new Promise<void>((resolve) => {
  process.on('message', (message) => message === STOP_MESSAGE && resolve());
  process.once('SIGTERM', resolve);
});

try {
  await runWorker({
    bot: botFile,
    stopAsked,
    isOfStart: true,
    onBundled(facts) {
      void send({ kind: 'bundled', facts });
      void send({ kind: 'alive' });
      setInterval(() => void send({ kind: 'alive' }), ALIVE_EVERY_MS).unref();
    },
    onReady(worker) {
      void send({ kind: 'ready' });
      process.on('message', (message) => {
        if (message === METRICS_MESSAGE) void worker.metrics().then((text) => send({ kind: 'metrics', text }));
      });
    },
  });
} catch (error) {
  await send({ kind: 'failed', ...serializeError(error) });
  process.exitCode = 1;
}
// Code of the bot may hold something open for ever, such as a pool of connections.
process.exit();
