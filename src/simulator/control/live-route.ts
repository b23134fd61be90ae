import type { FastifyInstance } from 'fastify';
import type { SimulatorState } from '../simulator-state.ts';

/** Changes within this time reach a page as one event. */
const BATCH_MS = 40;
const HEARTBEAT_MS = 15_000;

/** `GET /api/live`: server-sent events with the PSIDs whose threads changed; pages then reload what they show. */
export function liveRoute(app: FastifyInstance, state: SimulatorState): void {
  const open = new Set<() => void>();

  app.get('/api/live', (_, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    raw.write('retry: 1000\nevent: hello\ndata: {}\n\n');

    let changed = new Set<string | undefined>();
    let timer: NodeJS.Timeout | undefined;
    const flush = () => {
      timer = undefined;
      raw.write(
        `event: changed\ndata: ${JSON.stringify({ people: [...changed].filter((psid) => psid !== undefined) })}\n\n`,
      );
      changed = new Set();
    };
    const unfollow = state.live.subscribe((psid) => {
      changed.add(psid);
      timer ??= setTimeout(flush, BATCH_MS);
    });
    const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);

    const stop = () => {
      unfollow();
      clearTimeout(timer);
      clearInterval(heartbeat);
      open.delete(stop);
      raw.end();
    };
    open.add(stop);
    raw.on('close', stop);
  });

  app.addHook('preClose', async () => {
    for (const stop of open) stop();
  });
}
