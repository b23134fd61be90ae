import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../../../src/client/index.ts';
import { includesRole } from '../../../src/domain/operator.ts';
import { useDesk, type Conversation } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import type { InboxList, Route } from '../route.ts';
import { Card } from './card/card.tsx';
import { Composer } from './composer/composer.tsx';
import { useOutgoing } from './composer/outgoing.ts';
import { ConversationHead } from './conversation-head.tsx';
import { Transcript } from './transcript/transcript.tsx';
import { useTranscript } from './transcript/use-transcript.ts';
import { usePresence } from './use-presence.ts';

interface ConversationViewProps {
  readonly id: string;
  readonly list: InboxList;
  readonly query: Route['query'];
}

const NOBODY: Conversation['operators'] = [];
/** Many events of one conversation may come at once: it is read again once for all of them. */
const READ_AGAIN_AFTER_MS = 150;
/** Sequences move on, and windows close, without an event. */
const READ_AGAIN_EVERY_MS = 30_000;

/** One conversation: what was said, who the person is, and the answer. */
export function ConversationView({ id, list, query }: ConversationViewProps) {
  const { api, session } = useDesk();
  const { data, error, reload } = useConversation(id);
  const transcript = useTranscript(id);
  const outgoing = useOutgoing(id, transcript.refresh);
  const { others, onTyping } = usePresence(id, data?.operators ?? NOBODY);
  const [isCardOpen, setIsCardOpen] = useState(false);
  const newestAt = transcript.lines.at(-1)?.at;

  // What an open page shows counts as read; the person is shown it too, as Messenger does.
  useEffect(() => {
    if (!data?.unread || newestAt === undefined || !includesRole(session.role, 'agent')) return undefined;
    const markSeen = () => {
      if (document.visibilityState !== 'visible') return;
      void api
        .POST('/conversations/{id}/seen', { params: { path: { id } }, body: { until: newestAt } })
        .catch(() => undefined);
    };
    markSeen();
    document.addEventListener('visibilitychange', markSeen);
    return () => document.removeEventListener('visibilitychange', markSeen);
  }, [api, session, id, data?.unread, newestAt]);

  if (error && !data) return <Missing error={error} onRetry={reload} />;
  if (!data) return <p class="nothing-open">Loading …</p>;
  return (
    <article class="conversation" aria-label="Conversation" data-card={isCardOpen}>
      <div class="talk">
        <ConversationHead
          conversation={data}
          list={list}
          query={query}
          isCardOpen={isCardOpen}
          onCard={() => setIsCardOpen(!isCardOpen)}
          onChange={reload}
        />
        <Transcript conversation={data} transcript={transcript} outgoing={outgoing} />
        <p class="others" role="status" aria-label="Colleagues here">
          {others.map(({ name, state }) => `${name} ${state === 'typing' ? 'is typing' : 'is looking'}`).join(' · ')}
        </p>
        <Composer key={id} conversation={data} outgoing={outgoing} onTyping={onTyping} onChange={reload} />
      </div>
      <Card conversation={data} onChange={reload} onClose={() => setIsCardOpen(false)} />
    </article>
  );
}

function Missing({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <div class="nothing-open" role="alert">
      <p>{isGone ? 'There is no such conversation. It may have been erased.' : error.message}</p>
      {!isGone && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Reads the conversation, and again whenever something about it changes. */
function useConversation(id: string) {
  const { api, live } = useDesk();
  const loaded = useLoaded<Conversation>(
    (signal) => api.GET('/conversations/{id}', { params: { path: { id } }, signal }),
    [id],
  );
  const { reload } = loaded;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readSoon = () => {
      clearTimeout(timer);
      timer = setTimeout(reload, READ_AGAIN_AFTER_MS);
    };
    const end = live.follow((event) => {
      if (event.event === 'reset') return readSoon();
      const about =
        event.event === 'conversation' ? event.data.id : 'conversation' in event.data && event.data.conversation;
      // The transcript hears of receipts, and the presence of presence: neither is worth a question to the workflow.
      if (about === id && event.event !== 'receipts' && event.event !== 'presence') readSoon();
    });
    const every = setInterval(reload, READ_AGAIN_EVERY_MS);
    return () => {
      clearTimeout(timer);
      clearInterval(every);
      end();
    };
  }, [id, live, reload]);
  return loaded;
}
