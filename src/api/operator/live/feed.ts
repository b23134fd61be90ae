/**
 * What the streams of this process say: one reader follows the change log while somebody listens, and each change is read
 * and written as text once for all.
 */

import { seesPage, type Operator } from '../../../domain/operator.ts';
import type { Logger } from '../../../logger.ts';
import { createFailureReporter } from '../../../report-once.ts';
import { isForgotten, type Change } from '../../../store/changes/index.ts';
import { MAX_MISSING, type ChangePosition } from '../../../store/changes/position.ts';
import { CHANGES_PER_READ, openChangeReader, type ChangeReader } from '../../../store/changes/reader.ts';
import type { Store } from '../../../store/index.ts';
import type { LiveEvent } from '../schemas/live.ts';
import { fromEventId, toEventId } from './event-id.ts';
import { pageOf, toEvents, type EventSource, type PageEvent } from './to-events.ts';

/** Somebody who listens. */
export interface LiveListener {
  readonly operator: Pick<Operator, 'pages'>;
  write(text: string): void;
}

/** Tells listeners what changes. */
export interface LiveFeed {
  /** Adds a listener, after it was told what it has missed since that event. Rejects when the store cannot be read. */
  join(listener: LiveListener, lastEventId: string | undefined): Promise<void>;
  leave(listener: LiveListener): void;
  /** The id up to which every listener was told everything. */
  readonly eventId: string;
  /** Resolves when the store is not read any more. */
  close(): Promise<void>;
}

/** How often the change log is read while somebody listens. */
export const POLL_MS = 100;
const POLL_AFTER_FAILURE_MS = 1000;
/** How often it is looked who went without a word. */
const EXPIRY_MS = 2000;
/** A client that has missed more changes reads the lists again, which is cheaper; the log keeps more than these. */
const MAX_MISSED = 5000;

/** A feed that nobody listens to yet. */
export function createLiveFeed(store: EventSource & Pick<Store, 'changes'>, log: Logger): LiveFeed {
  const { changes } = store;
  const failures = createFailureReporter({ log });
  const listeners = new Set<LiveListener>();
  let reader: ChangeReader | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let nextExpiryAt = 0;
  /** Read, and not told yet because the store failed in between. */
  let untold: readonly Change[] = [];
  let told: ChangePosition = { newest: 0, missing: [] };
  /** Polls and new listeners take turns, so that none misses what comes between. */
  let lastTurn: Promise<void> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = lastTurn.then(work);
    lastTurn = turn.catch(() => {});
    return turn;
  }

  /** Resolves to `true` if more changes are there already. */
  async function tellChanges(from: ChangeReader): Promise<boolean> {
    if (untold.length === 0) untold = await from.next();
    const hasMore = untold.length === CHANGES_PER_READ;
    const visible = untold.filter(
      (change) => !isForgotten(change) && [...listeners].some(({ operator }) => seesPage(operator, pageOf(change))),
    );
    const events = visible.length === 0 ? [] : (await toEvents(store, visible)).map(toFrame);
    untold = [];
    const before = told;
    told = from.position;
    for (const listener of listeners) tell(listener, events, before);
    return hasMore;
  }

  /** A cut between two events of one reading repeats all of them: only the last one has the new id. */
  function tell(listener: LiveListener, frames: readonly Frame[], before: ChangePosition): void {
    const seen = frames.filter(({ pageId }) => seesPage(listener.operator, pageId));
    if (seen.length === 0) return;
    const ids = seen.map((_, index) => toEventId(changes.storeId, index === seen.length - 1 ? told : before));
    listener.write(seen.map(({ text }, index) => `id: ${ids[index]}\n${text}`).join(''));
  }

  async function tellMissed(listener: LiveListener, lastEventId: string | undefined): Promise<void> {
    const missed = await readMissed(lastEventId);
    if (typeof missed === 'string') {
      const reset = { event: 'reset', data: { reason: missed } } as const;
      return listener.write(`id: ${toEventId(changes.storeId, told)}\n${toText(reset)}`);
    }
    const visible = missed.changes.filter((change) => seesPage(listener.operator, pageOf(change)));
    tell(listener, (await toEvents(store, visible)).map(toFrame), missed.after);
  }

  async function readMissed(lastEventId: string | undefined): Promise<Missed | ResetReason> {
    if (lastEventId === undefined) return 'connected';
    const after = fromEventId(changes.storeId, lastEventId);
    if (after === undefined || after.newest > told.newest) return 'id_unknown';
    if (told.newest - after.newest > MAX_MISSED) return 'too_far_behind';
    const missed = await changes.read(after, MAX_MISSED + MAX_MISSING);
    return missed.some(isForgotten) ? 'too_far_behind' : { after, changes: missed };
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(() => void inTurn(poll), delayMs);
  }

  async function poll(): Promise<void> {
    if (!reader || isClosed) return;
    if (listeners.size === 0) return stopReading();
    try {
      await expirePresence();
      const hasMore = await tellChanges(reader);
      failures.recovered({}, 'Live updates go on');
      schedule(hasMore ? 0 : POLL_MS);
    } catch (error) {
      const { name } = error as Error;
      failures.failed({ fields: { error: name }, message: 'Live updates wait: the store cannot be read' });
      schedule(POLL_AFTER_FAILURE_MS);
    }
  }

  /** Who went without a word is gone: that is a change as well. Any process that somebody listens to may notice. */
  async function expirePresence(): Promise<void> {
    const now = Date.now();
    if (now < nextExpiryAt) return;
    nextExpiryAt = now + EXPIRY_MS;
    // A store that cannot be written can still be read.
    await store.presence.expire(now).catch(() => {});
  }

  /** Nobody listens: the next listener begins at the end of the log, or after its last event. */
  function stopReading(): void {
    reader = undefined;
    untold = [];
  }

  async function admit(listener: LiveListener, lastEventId: string | undefined): Promise<void> {
    if (isClosed) return;
    try {
      const current = (reader ??= await openChangeReader(changes));
      while (await tellChanges(current));
      await tellMissed(listener, lastEventId);
    } catch (error) {
      if (listeners.size === 0) stopReading();
      throw error;
    }
    listeners.add(listener);
    schedule(POLL_MS);
  }

  return {
    join: (listener, lastEventId) => inTurn(() => admit(listener, lastEventId)),
    leave: (listener) => void listeners.delete(listener),
    get eventId() {
      return toEventId(changes.storeId, told);
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      listeners.clear();
      await lastTurn;
    },
  };
}

type ResetReason = Extract<LiveEvent, { event: 'reset' }>['data']['reason'];

interface Missed {
  readonly after: ChangePosition;
  readonly changes: readonly Change[];
}

/** An event as text, without its id. */
interface Frame {
  readonly pageId: string;
  readonly text: string;
}

function toFrame({ pageId, event }: PageEvent): Frame {
  return { pageId, text: toText(event) };
}

/** JSON has no line break, which would end the field. */
function toText({ event, data }: LiveEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
