import { takeInput } from '../../shared/forms.ts';
import { MAX_TEXT_CHARS } from '../chat/composer.tsx';
import { usePageActions } from '../page-actions.ts';
import type { PersonView } from '../views.ts';

/** An action of the control API with an example's input. */
interface Action {
  readonly name: string;
  readonly action: string;
  readonly input: object;
  /** What to say when it is done; `who` is the person's first name. */
  readonly done: (who: string) => string;
}

const ACTIONS: readonly Action[] = [
  { name: 'Get Started', action: 'starts', input: {}, done: (who) => `${who} tapped Get Started.` },
  {
    name: 'Another app takes the thread',
    action: 'thread',
    input: { owner: 'other_app' },
    done: () => 'Another app has the thread: the bot only gets copies, and its sends are refused.',
  },
  {
    name: 'The bot gets the thread',
    action: 'thread',
    input: { owner: 'us' },
    done: () => 'The bot has the thread.',
  },
  {
    name: 'Comment on a post',
    action: 'comments',
    input: { text: 'How much is it?' },
    done: (who) => `${who} wrote "How much is it?" under a post of the Page.`,
  },
  {
    name: 'Open an m.me link',
    action: 'links',
    input: { ref: 'poster_7' },
    done: (who) => `${who} opened an m.me link with ref poster_7.`,
  },
  {
    name: 'Click an ad',
    action: 'ads',
    input: {},
    done: (who) => `${who} clicked an ad; the next message names it.`,
  },
  {
    name: 'Send to Messenger',
    action: 'optins',
    input: { ref: 'signup_page' },
    done: (who) => `${who} tapped Send to Messenger on a web page, with ref signup_page.`,
  },
];

const BLOCK: Action = {
  name: 'Block the Page',
  action: 'block',
  input: {},
  done: (who) => `${who} blocked the Page: sends are refused.`,
};
const UNBLOCK: Action = {
  name: 'Unblock the Page',
  action: 'unblock',
  input: {},
  done: (who) => `${who} unblocked the Page: sends arrive again.`,
};

/** Rarer actions: other entry points, thread control, the Page's inbox. */
export function MoreActions({ person }: { readonly person: PersonView | undefined }) {
  return (
    <details class="tool more">
      <summary>Do something else</summary>
      <div class="buttons">{person && <PersonActions person={person} />}</div>
      <InboxForm />
    </details>
  );
}

function PersonActions({ person }: { readonly person: PersonView }) {
  const { act } = usePageActions();
  return (
    <>
      {[...ACTIONS, person.isBlocking ? UNBLOCK : BLOCK].map(({ name, action, input, done }) => (
        <button key={name} type="button" onClick={() => act(action, input, done(person.firstName))}>
          {name}
        </button>
      ))}
    </>
  );
}

function InboxForm() {
  const { answerFromInbox } = usePageActions();
  return (
    <form
      class="inline wide"
      onSubmit={(event) => {
        const text = takeInput(event);
        if (text !== '') answerFromInbox(text);
      }}
    >
      <input
        aria-label="Answer from the Page inbox"
        placeholder="Answer as staff, from the Page inbox"
        maxLength={MAX_TEXT_CHARS}
      />
      <button type="submit">Answer</button>
    </form>
  );
}
