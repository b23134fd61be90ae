import { formatDayAndTime, formatDuration, formatTimeLeft, formatZone } from '../../shared/times.ts';
import { usePageActions } from '../page-actions.ts';
import { Face } from '../people/face.tsx';
import type { PersonView } from '../views.ts';

const OWNERS: Partial<Record<NonNullable<PersonView['threadOwner']>, string>> = {
  other_app: ', another app has the thread',
  page_inbox: ', staff have the thread',
};

interface ChatHeadProps {
  readonly person: PersonView | undefined;
  /** Whether there is no person at all yet. */
  readonly isEmpty: boolean;
  /** Whether the conversation can be saved as a test. */
  readonly isRecorded: boolean;
}

/** The person, their clock and their messaging window. */
export function ChatHead({ person, isEmpty, isRecorded }: ChatHeadProps) {
  return (
    <header class="bar">
      {person ? <PersonHead key={person.psid} person={person} isRecorded={isRecorded} /> : isEmpty && <EmptyHead />}
    </header>
  );
}

function PersonHead({ person, isRecorded }: { readonly person: PersonView; readonly isRecorded: boolean }) {
  const { psid, firstName, lastName, timezone, now, window, isBlocking } = person;
  const { restart, removePerson, saveAsTest } = usePageActions();
  return (
    <>
      <Face psid={psid} />
      <div class="who">
        <h2>{`${firstName} ${lastName}`.trim()}</h2>
        <p class="window" data-state={isBlocking ? 'closed' : window.state}>
          {windowText(person)}
        </p>
      </div>
      <time class="now" title={`${firstName}'s clock, ${formatZone(timezone)}`}>
        {formatDayAndTime(now, timezone)}
      </time>
      <details class="person-menu">
        <summary aria-label={`More about ${firstName}`}>⋯</summary>
        <div class="choices">
          {isRecorded && (
            <button type="button" onClick={saveAsTest}>
              Save as a test
            </button>
          )}
          <button type="button" onClick={restart}>
            Restart as somebody new
          </button>
          <button type="button" onClick={removePerson}>
            Remove {firstName}
          </button>
        </div>
      </details>
    </>
  );
}

function EmptyHead() {
  return (
    <div class="who">
      <h2>Nobody here yet</h2>
      <p class="window">Write something: you are the first person.</p>
    </div>
  );
}

function windowText({ window, now, isBlocking, threadOwner }: PersonView): string {
  if (isBlocking) return 'has blocked the Page';
  const owner = (threadOwner && OWNERS[threadOwner]) ?? '';
  switch (window.state) {
    case 'never':
      return `has not written yet${owner}`;
    case 'open':
      return `window open, ${formatTimeLeft(window.closesAt - now)} left${owner}`;
    case 'closed':
      return `window closed ${formatDuration(now - window.closesAt)} ago${owner}`;
    case 'human_agent_only':
      return `window closed ${formatDuration(now - window.closesAt)} ago; staff may still answer${owner}`;
  }
}
