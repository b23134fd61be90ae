import { formatTime } from '../../shared/times.ts';
import { usePageActions } from '../page-actions.ts';
import type { PersonView } from '../views.ts';
import { Face } from './face.tsx';
import { LoadTest } from './load-test.tsx';
import { NewPeople } from './new-people.tsx';

interface PeopleProps {
  readonly people: readonly PersonView[];
  readonly openPsid: string | undefined;
  readonly pageName: string;
}

/** The left side: everybody who can be written as. */
export function People({ people, openPsid, pageName }: PeopleProps) {
  const { addPerson, removeEverybody } = usePageActions();
  return (
    <nav class="people" aria-label="People">
      <header class="bar">
        <img class="logo" src="page/icon.svg" alt="" />
        <p class="brand" aria-hidden="true">
          Messenger
          <br />
          <small>on localhost</small>
        </p>
      </header>
      <ul class="people-list">
        {people.map((person) => (
          <li key={person.psid}>
            <PersonButton person={person} isOpen={person.psid === openPsid} />
          </li>
        ))}
      </ul>
      <button type="button" class="add-person" onClick={addPerson}>
        <span aria-hidden="true">+</span> Add a person
      </button>
      <NewPeople />
      <LoadTest />
      {people.length > 0 && (
        <details class="new-people">
          <summary>Clear all</summary>
          <p>Everybody goes, and what the bot has open for them ends.</p>
          <button type="button" onClick={removeEverybody}>
            Remove everybody
          </button>
        </details>
      )}
      <p class="about">You are the person with the phone. {pageName} is the bot.</p>
    </nav>
  );
}

function PersonButton({ person, isOpen }: { readonly person: PersonView; readonly isOpen: boolean }) {
  const { openConversation } = usePageActions();
  const { psid, firstName, lastName, timezone, lastText, lastAt, unread } = person;
  const name = `${firstName} ${lastName}`.trim();
  return (
    <button type="button" class="person" aria-current={isOpen} onClick={() => openConversation(psid)}>
      <Face psid={psid} />
      <span class="top">
        <b>{name}</b>
        {lastAt !== undefined && <span class="when">{formatTime(lastAt, timezone)}</span>}
      </span>
      <span class="top">
        <span class="last">{lastText ?? 'Nothing said yet'}</span>
        {unread > 0 && (
          <span class="unread">
            {unread} <span class="unseen">unread</span>
          </span>
        )}
      </span>
    </button>
  );
}
