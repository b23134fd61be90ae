import { drawList, h } from './dom.js';
import { clockTime } from './times.js';

/**
 * The list on the left.
 * @param {HTMLElement} list
 * @param {readonly import('../control/thread-view.ts').PersonView[]} people
 * @param {string | undefined} open the PSID of the open chat
 * @param {(psid: string) => void} choose
 */
export function drawPeople(list, people, open, choose) {
  const rows = people.map(({ now: _, window: __, ...person }) => ({ ...person, isOpen: person.psid === open }));
  drawList(
    list,
    rows,
    (person) => person.psid,
    (person) => h('li', {}, personRow(person, choose)),
  );
}

function personRow(person, choose) {
  const { psid, firstName, lastName, timezone, lastText, lastAt, unread, isOpen } = person;
  const name = `${firstName} ${lastName}`.trim();
  return h(
    'button.person',
    {
      type: 'button',
      aria: { current: String(isOpen), label: unread ? `${name}, ${unread} unread` : name },
      onclick: () => choose(psid),
    },
    face(psid),
    h('span.top', {}, h('b', {}, name), lastAt !== undefined && h('span.when', {}, clockTime(lastAt, timezone))),
    h(
      'span.top',
      {},
      h('span.last', {}, lastText ?? 'Nothing said yet'),
      unread > 0 && h('span.unread', {}, String(unread)),
    ),
  );
}

/** @param {string} psid */
export function face(psid) {
  return h('img.face', { src: `pictures/${psid}.svg`, alt: '' });
}
