import type { PageState } from '../page-store.ts';
import { ChatHead } from './chat-head.tsx';
import { CodeNotes } from './code-notes.tsx';
import { Composer } from './composer.tsx';
import { QuickReplies } from './quick-replies.tsx';
import { Thread } from './thread.tsx';

/** The middle of the page: the open conversation as the person's phone shows it. */
export function Chat({ state }: { readonly state: PageState }) {
  const { simulator, thread, brokenRuns, composing } = state;
  const person = thread?.person;
  return (
    <section class="chat" aria-label="Chat">
      <ChatHead person={person} isEmpty={simulator?.people.length === 0} isRecorded={simulator?.inspects === true} />
      <CodeNotes botProblem={simulator?.botProblem} brokenRuns={brokenRuns} />
      <Thread
        key={person?.psid}
        thread={thread}
        pageName={simulator?.pageName ?? 'Your Page'}
        wordsToTry={simulator?.wordsToTry ?? []}
      />
      <QuickReplies quickReplies={thread?.quickReplies ?? []} />
      <Composer person={person} profile={thread?.profile} composing={composing} ready={simulator !== undefined} />
    </section>
  );
}
