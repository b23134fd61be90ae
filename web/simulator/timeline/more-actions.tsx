import { useRef } from 'preact/hooks';
import { takeInput } from '../../shared/forms.ts';
import { MAX_TEXT_CHARS } from '../chat/composer.tsx';
import { usePageActions } from '../page-actions.ts';
import type { FaultView, PersonView } from '../views.ts';
import { faultName, FAULTS } from './faults.ts';

/** Actions of the control API, each with an example's input. */
const ACTIONS: readonly { readonly name: string; readonly action: string; readonly input: object }[] = [
  { name: 'Get Started', action: 'starts', input: {} },
  { name: 'Another app takes the thread', action: 'thread', input: { owner: 'other_app' } },
  { name: 'The bot gets the thread', action: 'thread', input: { owner: 'us' } },
  { name: 'Comment on a post', action: 'comments', input: { text: 'How much is it?' } },
  { name: 'Open an m.me link', action: 'links', input: { ref: 'poster_7' } },
  { name: 'Click an ad', action: 'ads', input: {} },
  { name: 'Send to Messenger', action: 'optins', input: { ref: 'signup_page' } },
];

interface MoreActionsProps {
  readonly person: PersonView | undefined;
  readonly faults: readonly FaultView[];
}

/** Rarer actions: other entry points, thread control, the Page's inbox, and faults at Meta. */
export function MoreActions({ person, faults }: MoreActionsProps) {
  return (
    <details class="tool more">
      <summary>Do something else</summary>
      <div class="buttons">{person && <PersonActions isBlocking={person.isBlocking} />}</div>
      <InboxForm />
      <FaultForm />
      <PendingFaults faults={faults} />
    </details>
  );
}

function PersonActions({ isBlocking }: Pick<PersonView, 'isBlocking'>) {
  const { act } = usePageActions();
  const block = isBlocking
    ? { name: 'Unblock the Page', action: 'unblock', input: {} }
    : { name: 'Block the Page', action: 'block', input: {} };
  return (
    <>
      {[...ACTIONS, block].map(({ name, action, input }) => (
        <button key={name} type="button" onClick={() => act(action, input)}>
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

function FaultForm() {
  const { addFault } = usePageActions();
  const select = useRef<HTMLSelectElement>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const chosen = FAULTS[Number(select.current?.value)];
    if (chosen) addFault(chosen.fault);
  };
  return (
    <form class="inline wide" onSubmit={submit}>
      <select ref={select} aria-label="What goes wrong at Meta">
        {FAULTS.map(({ name }, index) => (
          <option key={name} value={index}>
            {name}
          </option>
        ))}
      </select>
      <button type="submit">Break next send</button>
    </form>
  );
}

function PendingFaults({ faults }: { readonly faults: readonly FaultView[] }) {
  const { clearFaults } = usePageActions();
  return (
    <p class="faults" hidden={faults.length === 0}>
      <span>Waiting for the next send: {faults.map(faultName).join(', ')}.</span>{' '}
      <button type="button" onClick={clearFaults}>
        Clear
      </button>
    </p>
  );
}
