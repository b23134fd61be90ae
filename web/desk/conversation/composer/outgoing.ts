import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, type EverthreadClient, type Init } from '../../../../src/client/index.ts';
import { useDesk } from '../../desk-context.ts';
import { readStored, writeStored } from '../../parts/stored.ts';

/** What a message says, as the API takes it. */
export type MessageBody = Init<'post', '/conversations/{id}/messages'>['body'] & object;

/** A message that this page is sending, or could not send. */
export interface OutgoingItem {
  /** Its idempotency key: however often it is asked for, it goes out once. */
  readonly key: string;
  readonly body: MessageBody;
  /** Set once the API has it; the transcript has it soon. */
  readonly sendId?: string;
  /** Set if the API may have it, and the page never heard so: only the transcript shows what it says, so that it is shown once. */
  readonly mayBeOut?: true;
  /** Why it was not sent. */
  readonly failure?: { readonly words: string; readonly mayRetry: boolean };
}

/** The messages that this page is sending in one conversation. */
export interface Outgoing {
  readonly items: readonly OutgoingItem[];
  readonly send: (body: MessageBody) => void;
  readonly retry: (key: string) => void;
  readonly drop: (key: string) => void;
}

/** Answers after which the same request may succeed. */
const TEMPORARY_CODES: ReadonlySet<string> = new Set(['api_not_reachable', 'api_answer_unreadable', 'internal_error']);

/**
 * Sends messages, one after the other. Each is stored in the browser with its idempotency key before the API is asked, and is
 * asked for again after a reload: it goes out once.
 */
export function useOutgoing(conversation: string, onSent: () => Promise<void>): Outgoing {
  const { api, session } = useDesk();
  const place = `outgoing:${session.name}:${conversation}`;
  const items = useRef<readonly OutgoingItem[]>();
  items.current ??= (readStored<OutgoingItem[]>(place) ?? []).map((item) => ({ ...item, mayBeOut: true }));
  const [, draw] = useState(0);
  const sender = useRef(Promise.resolve());
  const isOpen = useRef(true);

  const change = useCallback(
    (next: readonly OutgoingItem[]) => {
      items.current = next;
      // What the API has is in the transcript.
      writeStored(
        place,
        next.filter(({ sendId }) => sendId === undefined),
      );
      if (isOpen.current) draw((count) => count + 1);
    },
    [place],
  );

  const post = useCallback(
    (key: string) => {
      sender.current = sender.current.then(async () => {
        const item = items.current?.find((each) => each.key === key);
        if (!item || item.sendId !== undefined || !isOpen.current) return;
        const result = await postOnce(api, conversation, item);
        if (result.status === 'done') {
          change((items.current ?? []).map((each) => (each.key === key ? { ...each, sendId: result.sendId } : each)));
          await onSent();
          change((items.current ?? []).filter((each) => each.key !== key));
        } else if (result.status === 'in_transcript') {
          change((items.current ?? []).filter((each) => each.key !== key));
          await onSent();
        } else {
          const { failure } = result;
          change((items.current ?? []).map((each) => (each.key === key ? { ...each, failure } : each)));
        }
      });
    },
    [api, conversation, change, onSent],
  );

  useEffect(() => {
    isOpen.current = true;
    for (const { key, failure } of items.current ?? []) if (!failure) post(key);
    return () => void (isOpen.current = false);
  }, [post]);

  return {
    items: items.current,
    send(body) {
      const key = crypto.getRandomValues(new Uint32Array(4)).join('-');
      change([...(items.current ?? []), { key, body }]);
      post(key);
    },
    retry(key) {
      change((items.current ?? []).map((item) => (item.key === key ? { key, body: item.body, mayBeOut: true } : item)));
      post(key);
    },
    drop: (key) => change((items.current ?? []).filter((item) => item.key !== key)),
  };
}

type PostResult =
  | { readonly status: 'done'; readonly sendId: string }
  /** A message that was refused or failed is a line of the transcript, with its reason. */
  | { readonly status: 'in_transcript' }
  | { readonly status: 'failed'; readonly failure: NonNullable<OutgoingItem['failure']> };

async function postOnce(api: EverthreadClient, id: string, { key, body }: OutgoingItem): Promise<PostResult> {
  try {
    const sent = await api.POST('/conversations/{id}/messages', {
      params: { path: { id }, header: { 'idempotency-key': key } },
      body,
    });
    return { status: 'done', sendId: sent.id };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'message_refused' || error.code === 'message_failed') return { status: 'in_transcript' };
    const mayRetry = TEMPORARY_CODES.has(error.code) || (error.status ?? 0) >= 500;
    return { status: 'failed', failure: { words: error.message, mayRetry } };
  }
}
