/** The open streams of this process: how many there may be, and how long each goes on. */

import { isDeepStrictEqual } from 'node:util';
import type { Metrics } from '../../metrics.ts';
import type { Caller } from '../access/caller.ts';
import { Problem } from '../problem.ts';
import type { LiveFeed } from './feed.ts';
import { createLiveStream, type LiveStream } from './stream.ts';

/** The bounds of streams. */
export interface LiveLimits {
  /** In this process. Default: 500. */
  readonly maxStreams: number;
  /** Of one operator, in this process. Default: 20. */
  readonly maxStreamsPerOperator: number;
  /** How often a stream asks whether its caller may still read, and says that it is alive. Default: 5 s. */
  readonly checkMs: number;
}

const DEFAULT_LIMITS: LiveLimits = { maxStreams: 500, maxStreamsPerOperator: 20, checkMs: 5000 };
/** How long a client waits before it connects again. */
const RETRY_MS = 2000;

/** Opens streams, and ends them all. */
export interface LiveStreams {
  /**
   * Opens a stream that goes on after that event. @throws `Problem` with `too_many_streams` or `streams_exhausted`; rejects
   * when the store cannot be read.
   */
  open(caller: Caller, lastEventId: string | undefined): Promise<LiveStream>;
  close(): Promise<void>;
}

/** Streams of one feed. */
export function createLiveStreams(
  feed: LiveFeed,
  { liveStreams }: Pick<Metrics, 'liveStreams'>,
  limits: Partial<LiveLimits> = {},
): LiveStreams {
  const { maxStreams, maxStreamsPerOperator, checkMs } = { ...DEFAULT_LIMITS, ...limits };
  /** With the name of the operator. */
  const open = new Map<LiveStream, string>();

  function requirePlace(name: string): void {
    if ([...open.values()].filter((one) => one === name).length >= maxStreamsPerOperator)
      throw new Problem('too_many_streams', {
        detail: `You have ${maxStreamsPerOperator} streams open.`,
        retryAfterS: RETRY_MS / 1000,
      });
    if (open.size >= maxStreams) throw new Problem('streams_exhausted', { retryAfterS: RETRY_MS / 1000 });
  }

  /** The role and the Pages may have changed as well: a client that connects again gets what its operator may see now. */
  async function check({ operator, ask }: Caller, stream: LiveStream): Promise<void> {
    // Without the store there is nothing to read for anybody.
    const now = await ask().catch(() => operator);
    if (isDeepStrictEqual(now, operator)) stream.write(`:\nid: ${feed.eventId}\n\n`);
    else stream.end();
  }

  return {
    async open(caller, lastEventId) {
      const { operator } = caller;
      requirePlace(operator.name);
      const stream = createLiveStream(RETRY_MS);
      const listener = { operator, write: (text: string) => stream.write(text) };
      let checks: NodeJS.Timeout | undefined;
      open.set(stream, operator.name);
      liveStreams.set(open.size);
      stream.body.once('close', () => {
        clearInterval(checks);
        feed.leave(listener);
        open.delete(stream);
        liveStreams.set(open.size);
      });
      try {
        await feed.join(listener, lastEventId);
      } catch (error) {
        stream.body.destroy();
        throw error;
      }
      if (stream.body.destroyed) feed.leave(listener);
      else checks = setInterval(() => void check(caller, stream), checkMs).unref();
      return stream;
    },
    async close() {
      for (const stream of open.keys()) stream.end();
      await feed.close();
    },
  };
}
