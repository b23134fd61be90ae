import { drawBubble } from './bubbles.js';
import { drawList, h } from './dom.js';
import { face } from './people.js';
import { dayAndTime, rest, span, zoneName } from './times.js';

const HOUR = 3_600_000;
/** @param {import('../rules/window.ts').WindowView} window @param {number} now */
function windowWords(window, now) {
  if (window.state === 'never') return 'has not written yet';
  if (window.state === 'open') return `window open, ${rest(window.closesAt - now)} left`;
  const closed = `window closed ${span(now - window.closesAt)} ago`;
  return window.state === 'closed' ? closed : `${closed}; staff may still answer`;
}

const OWNERS = { other_app: 'another app has the thread', page_inbox: 'staff have the thread' };

/** The person, their clock and the window, above the chat. @param {HTMLElement} head @param {import('../control/thread-view.ts').PersonView} person */
export function drawHead(head, person) {
  const { psid, firstName, lastName, timezone, now, window, isBlocking, threadOwner } = person;
  const state = isBlocking ? 'closed' : window.state;
  const owner = OWNERS[threadOwner] ? `, ${OWNERS[threadOwner]}` : '';
  const words = isBlocking ? 'has blocked the Page' : windowWords(window, now) + owner;
  head.replaceChildren(
    face(psid),
    h('div.who', {}, h('h2', {}, `${firstName} ${lastName}`.trim()), h('p.window', { data: { state } }, words)),
    h('time.now', { title: `${firstName}'s clock, ${zoneName(timezone)}` }, dayAndTime(now, timezone)),
  );
}

/** Before anybody is there. @param {HTMLElement} head */
export function drawNobody(head) {
  head.replaceChildren(
    h('div.who', {}, h('h2', {}, 'Nobody here yet'), h('p.window', {}, 'Write something: you are the first person.')),
  );
}

/**
 * @param {HTMLElement} thread
 * @param {import('../control/thread-view.ts').ThreadView} view
 * @param {{ pageName: string, tap: Function, react: Function, start: Function, highlight: Function }} actions
 */
export function drawThread(thread, view, actions) {
  const isAtEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  const rows = rowsOf(view);
  drawList(
    thread,
    rows,
    (row) => row.key,
    (row) => drawRow(row, actions),
  );
  if (isAtEnd || rows.at(-1)?.author === 'person') thread.scrollTop = thread.scrollHeight;
}

/** Bubbles with what stands between them: a time after every pause, what Meta refused, the typing dots, Get Started. */
function rowsOf({ person, bubbles: said, happenings, isTyping }) {
  const { timezone } = person;
  const bubbles = [...said, ...refusalsIn(happenings)].toSorted((one, other) => one.at - other.at);
  const rows = bubbles.flatMap((bubble, index) => {
    const before = bubbles[index - 1];
    const after = bubbles[index + 1];
    const isAfterPause = !before || bubble.at - before.at > HOUR;
    const later = before && bubble.at - before.at > HOUR ? `${span(bubble.at - before.at)} later` : '';
    const row = {
      ...bubble,
      kind: bubble.kind ?? 'bubble',
      key: bubble.mid,
      timezone,
      isFirst: isAfterPause || before.author !== bubble.author,
      isLast: !after || after.author !== bubble.author || after.at - bubble.at > HOUR,
      hasMark: !after || bubble.mark === 'waiting' || isLastOfMark(bubbles, index),
    };
    return isAfterPause ? [{ kind: 'time', key: `time ${bubble.mid}`, at: bubble.at, timezone, later }, row] : [row];
  });
  if (bubbles.length === 0) rows.push({ kind: 'start', key: 'start', name: person.firstName });
  if (isTyping) rows.push({ kind: 'typing', key: 'typing' });
  return rows;
}

/** What the bot wanted to say and Meta did not let through: the person never sees it, the author must. */
function refusalsIn(happenings) {
  return happenings
    .filter(({ send }) => send?.outcome === 'refused' && !/^(typing|mark)/.test(send.how))
    .map(({ seq, at, title, send: { code, meaning } }) => {
      return { kind: 'refused', mid: `refused ${seq}`, author: 'meta', seq, at, title, code, meaning };
    });
}

/** Messenger shows "read" and "seen" once, at the newest message they hold for. */
function isLastOfMark(bubbles, index) {
  const { author, mark } = bubbles[index];
  const side = author === 'person' ? 'person' : 'page';
  const later = bubbles.slice(index + 1);
  if (mark === 'delivered') return false;
  return !later.some((other) => (other.author === 'person' ? 'person' : 'page') === side && other.mark === mark);
}

function drawRow(row, actions) {
  if (row.kind === 'time') {
    return h('p.divider', {}, row.later && h('strong', {}, row.later), dayAndTime(row.at, row.timezone));
  }
  if (row.kind === 'typing') {
    const dots = h(
      'span.dots',
      { role: 'status', aria: { label: `${actions.pageName} is typing` } },
      h('i'),
      h('i'),
      h('i'),
    );
    return h('div.row.page', {}, dots);
  }
  if (row.kind === 'refused') return drawRefused(row, actions);
  return row.kind === 'start' ? drawStart(row.name, actions) : drawBubble(row, actions);
}

function drawRefused({ title, code, meaning, seq }, { highlight }) {
  return h(
    'button.refused',
    { type: 'button', onclick: () => highlight(String(seq)) },
    h('b', {}, `Refused by Meta, ${code}`),
    title && h('q', {}, title),
    meaning,
  );
}

function drawStart(name, { pageName, start }) {
  return h(
    'div.start',
    {},
    h('div.page-face', { aria: { hidden: 'true' } }, pageName.slice(0, 1)),
    h('h3', {}, pageName),
    h('p', {}, `${name} opens the chat for the first time.`),
    h('button.primary', { type: 'button', onclick: () => start() }, 'Get Started'),
  );
}

/** The chips above the composer. @param {HTMLElement} strip */
export function drawQuickReplies(strip, quickReplies, tap) {
  strip.hidden = quickReplies.length === 0;
  const chip = ({ title, mid }) => h('button', { type: 'button', onclick: () => tap(title, mid) }, title);
  drawList(strip, quickReplies, ({ mid, title }) => `${mid} ${title}`, chip);
}
