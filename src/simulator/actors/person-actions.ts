import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { NewPerson, Person } from '../state/people.ts';
import { createEntryPoints, type EntryPoints } from './entry-points.ts';
import { createPersonEvents } from './person-events.ts';
import { createPersonForms, type PersonForms } from './person-forms.ts';
import { createPersonMessages, type PersonMessages } from './person-messages.ts';
import { createPersonSignals, type PersonSignals } from './person-signals.ts';

/** What a person can do in Messenger. An unknown PSID adds a person. */
export interface PersonActions extends EntryPoints, PersonMessages, PersonSignals, PersonForms {
  /** Adds a person; what the caller leaves out is invented. */
  addPerson(profile?: NewPerson): Person;
  /** Removes a person with everything of theirs; the bot is told nothing. */
  removePerson(psid: string): void;
  /** Removes a person, and adds somebody with the same profile whom the bot does not know; returns that person. */
  restarts(psid: string): Person;
  /** Blocks the Page, which then cannot write to the person. */
  blocks(psid: string): void;
  unblocks(psid: string): void;
}

/** Everything that people do in one simulator. */
export function createPersonActions(state: SimulatorState): PersonActions {
  const { people, pages, live } = state;
  const events = createPersonEvents(state);
  return {
    addPerson(profile) {
      const { pageId } = profile ?? {};
      if (pageId !== undefined && !pages.find(pageId)) {
        throw new SimulatorError('bad_input', `There is no Page ${pageId} here. Name it in the option pages.`);
      }
      const person = people.add(profile);
      live.notify(person.psid);
      return person;
    },
    removePerson(psid) {
      people.remove(people.get(psid).psid);
      live.notify();
    },
    restarts(psid) {
      const { pageId, firstName, lastName, locale, timezone } = people.get(psid);
      people.remove(psid);
      const person = people.add({ pageId, firstName, lastName, locale, timezone });
      live.notify();
      return person;
    },
    ...createEntryPoints(state, events),
    ...createPersonMessages(state, events),
    ...createPersonSignals(state, events),
    ...createPersonForms(state, events),
    blocks: (psid) => (people.block(events.findOrAdd(psid).psid), live.notify(psid)),
    unblocks: (psid) => (people.unblock(events.findOrAdd(psid).psid), live.notify(psid)),
  };
}
