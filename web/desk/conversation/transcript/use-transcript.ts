import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { EverthreadClient } from '../../../../src/client/index.ts';
import { useDesk, type Message } from '../../desk-context.ts';
import type { LiveEvent } from '../../live.ts';

/** What was said in a conversation, as far as it is loaded. */
export interface LoadedTranscript {
  /** Oldest first. */
  readonly lines: readonly Message[];
  readonly isLoaded: boolean;
  readonly hasOlder: boolean;
  readonly error: Error | undefined;
  readonly loadOlder: () => Promise<void>;
  /** Reads the newest lines again. */
  readonly refresh: () => Promise<void>;
}

type State = Pick<LoadedTranscript, 'lines' | 'isLoaded' | 'hasOlder' | 'error'>;

const PAGE_LENGTH = 50;

/** Reads what was said, and keeps it up to date. */
export function useTranscript(id: string): LoadedTranscript {
  const { api, live } = useDesk();
  const [state, setState] = useState<State>({ lines: [], isLoaded: false, hasOlder: false, error: undefined });
  const transcript = useMemo(() => createTranscript(api, id, setState), [api, id]);
  useEffect(() => {
    const end = live.follow((event) => transcript.apply(event));
    void transcript.refresh();
    return () => {
      end();
      transcript.close();
    };
  }, [transcript, live]);
  const refresh = useCallback(() => transcript.refresh(), [transcript]);
  const loadOlder = useCallback(() => transcript.loadOlder(), [transcript]);
  return { ...state, refresh, loadOlder };
}

function createTranscript(api: EverthreadClient, id: string, show: (state: State) => void) {
  const lines = new Map<string, Message>();
  let older: string | null = null;
  let isLoaded = false;
  let isLoadingOlder = false;
  let isClosed = false;

  function update(error?: Error): void {
    if (isClosed) return;
    show({ lines: [...lines.values()].toSorted(byTime), isLoaded, hasOlder: older !== null, error });
  }

  const read = (cursor?: string) =>
    api.GET('/conversations/{id}/messages', {
      params: { path: { id }, query: { limit: PAGE_LENGTH, ...(cursor !== undefined && { cursor }) } },
    });

  async function refresh(): Promise<void> {
    try {
      const page = await read();
      const isGap = isLoaded && page.items.length === PAGE_LENGTH && !page.items.some((line) => lines.has(keyOf(line)));
      // After a long absence, what is between is not known: begin anew.
      if (isGap) lines.clear();
      if (!isLoaded || isGap) older = page.nextCursor;
      for (const line of page.items) lines.set(keyOf(line), line);
      isLoaded = true;
      update();
    } catch (error) {
      update(error as Error);
    }
  }

  return {
    refresh,
    close: () => void (isClosed = true),
    async loadOlder(): Promise<void> {
      if (older === null || isLoadingOlder) return;
      isLoadingOlder = true;
      try {
        const page = await read(older);
        older = page.nextCursor;
        for (const line of page.items) lines.set(keyOf(line), line);
        update();
      } catch (error) {
        update(error as Error);
      } finally {
        isLoadingOlder = false;
      }
    },
    apply(event: LiveEvent): void {
      if (event.event === 'reset') return void refresh();
      if (event.event === 'messages' && event.data.conversation === id) {
        for (const line of event.data.items) lines.set(keyOf(line), line);
        for (const removed of event.data.removed) lines.delete(removed);
        update();
      }
      if (event.event === 'receipts' && event.data.conversation === id) {
        for (const [key, line] of lines) lines.set(key, withReceipts(line, event.data));
        update();
      }
    },
  };
}

/** A send has its send id from the beginning, and Meta's id later. */
function keyOf({ sendId, id }: Message): string {
  return sendId ?? id;
}

function byTime(one: Message, other: Message): number {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

interface Receipts {
  readonly deliveredUntil: string | null;
  readonly readUntil: string | null;
}

function withReceipts(line: Message, { deliveredUntil, readUntil }: Receipts): Message {
  if (line.status !== 'sent' && line.status !== 'delivered') return line;
  if (readUntil !== null && line.at <= readUntil) return { ...line, status: 'read' };
  return deliveredUntil !== null && line.at <= deliveredUntil ? { ...line, status: 'delivered' } : line;
}
