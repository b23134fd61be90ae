import type { Schemas } from '../../src/client/index.ts';

/** What the live stream says. */
export type LiveEvent = Schemas['LiveEvent'];
type NameOf<Event> = Event extends { readonly event: infer Name extends string } ? Name : never;
type LiveEventName = NameOf<LiveEvent>;

/** The live stream of the operator API, shared by all views of the page. */
export interface Live {
  /** Calls back with each event. Answers with a function that ends it. */
  follow(listener: (event: LiveEvent) => void): () => void;
  /** Calls back with whether the page is connected, now and at each change. Answers with a function that ends it. */
  followConnection(listener: (isConnected: boolean) => void): () => void;
  close(): void;
}

const EVENTS: Readonly<Record<LiveEventName, true>> = {
  reset: true,
  conversation: true,
  messages: true,
  receipts: true,
  notes: true,
  presence: true,
  dead_events: true,
  erased: true,
};
/** A stream that the server refused is opened again after this time. */
const REOPEN_MS = 3000;

/** Opens the stream. The browser connects again by itself, and goes on after the last event that it heard. */
export function openLive(): Live {
  const listeners = new Set<(event: LiveEvent) => void>();
  const connectionListeners = new Set<(isConnected: boolean) => void>();
  let isConnected = false;
  let isClosed = false;
  let source: EventSource;

  function connection(now: boolean): void {
    if (now === isConnected) return;
    isConnected = now;
    for (const listener of connectionListeners) listener(now);
  }

  function open(): void {
    source = new EventSource('../api/v1/live');
    source.addEventListener('open', () => connection(true));
    source.addEventListener('error', () => {
      connection(false);
      // After an answer that is no stream, the browser gives up.
      if (source.readyState === EventSource.CLOSED && !isClosed) setTimeout(() => !isClosed && open(), REOPEN_MS);
    });
    for (const name of Object.keys(EVENTS)) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        const event = { event: name, data: JSON.parse(data) as unknown } as LiveEvent;
        for (const listener of listeners) listener(event);
      });
    }
  }
  open();

  return {
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    followConnection(listener) {
      connectionListeners.add(listener);
      listener(isConnected);
      return () => void connectionListeners.delete(listener);
    },
    close() {
      isClosed = true;
      source.close();
    },
  };
}
