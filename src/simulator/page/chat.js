import { drawList, h } from './dom.js';
import { face } from './people.js';
import { clockTime, dayAndTime, rest, span, zoneName } from './times.js';

const HOUR = 3_600_000;
const REACTIONS = { love: '❤️', smile: '😆', wow: '😮', sad: '😢', angry: '😠', like: '👍' };
const MARKS = { waiting: 'Sending…', delivered: 'Delivered', seen: 'Seen by the Page', read: 'Read' };
const WINDOWS = {
  never: () => 'has not written yet',
  open: (closesAt, now) => `window open, ${rest(closesAt - now)} left`,
  human_agent_only: (closesAt, now) => `window closed ${span(now - closesAt)} ago; staff may still answer`,
  closed: (closesAt, now) => `window closed ${span(now - closesAt)} ago`,
};

/** The person, their clock and the window, above the chat. @param {HTMLElement} head @param {object} person */
export function drawHead(head, person) {
  const { psid, firstName, lastName, timezone, now, window, isBlocking } = person;
  const state = isBlocking ? 'closed' : window.state;
  const words = isBlocking ? 'has blocked the Page' : WINDOWS[window.state](window.closesAt, now);
  head.replaceChildren(
    face(psid),
    h('div.who', {}, h('h2', {}, `${firstName} ${lastName}`.trim()), h('p.window', { data: { state } }, words)),
    h('time.now', { title: `${firstName}'s clock, ${zoneName(timezone)}` }, dayAndTime(now, timezone)),
  );
}

/** Before anybody is there. @param {HTMLElement} head */
export function drawNobody(head) {
  head.replaceChildren(h('div.who', {}, h('h2', {}, 'Nobody here yet'), h('p.window', {}, 'Add a person to begin.')));
}

/**
 * @param {HTMLElement} thread
 * @param {object} view the thread as the simulator gives it
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

function drawBubble(row, actions) {
  const { mid, author, at, timezone, text, cards, reaction, mark, isFirst, isLast, hasMark, isTapped } = row;
  const side = author === 'person' ? 'person' : 'page';
  const from = author === 'inbox' && isFirst && h('span.from', {}, 'Staff, from the Page inbox');
  const content = h(
    'div.content',
    { title: dayAndTime(at, timezone), onclick: () => actions.highlight(mid) },
    text !== undefined && h('p.bubble', { data: { tapped: String(isTapped) } }, text),
    cards.length > 0 && h('div.cards', {}, ...cards.map((card) => drawCard(card, mid, actions))),
    reaction !== undefined && h('span.reaction', {}, reaction),
  );
  const react = side === 'page' && reactButton(mid, reaction, actions);
  const note = hasMark && h('span.mark', { data: { mark } }, `${MARKS[mark]} · ${clockTime(at, timezone)}`);
  return h(
    side === 'person' ? 'div.row.mine' : 'div.row.page',
    { data: { author, first: String(isFirst), last: String(isLast), mid } },
    from,
    h('div.line', {}, content, react),
    note,
  );
}

function drawCard({ title, subtitle, buttons }, mid, { tap }) {
  const shown = buttons.map((button) =>
    button.type === 'web_url'
      ? h('a', { href: safeUrl(button.url), target: '_blank', rel: 'noreferrer' }, button.title)
      : h(
          'button',
          { type: 'button', disabled: button.type !== 'postback', onclick: () => tap(button.title, mid) },
          button.title,
        ),
  );
  return h('div.card', {}, h('p', {}, title), subtitle !== undefined && h('p.subtitle', {}, subtitle), ...shown);
}

/** Only addresses that cannot run anything. */
function safeUrl(url = '') {
  return /^https?:\/\//i.test(url) ? url : '#';
}

function reactButton(mid, current, { react }) {
  const choices = Object.entries(REACTIONS).map(([reaction, emoji]) =>
    h(
      'button',
      {
        type: 'button',
        aria: { label: emoji === current ? `Take ${reaction} back` : reaction },
        onclick: () => react(mid, emoji === current ? null : reaction),
      },
      emoji,
    ),
  );
  return h('details.react', {}, h('summary', { aria: { label: 'React' } }, '☺'), h('div.choices', {}, ...choices));
}

/** The chips above the composer. @param {HTMLElement} strip */
export function drawQuickReplies(strip, quickReplies, tap) {
  strip.hidden = quickReplies.length === 0;
  const chip = ({ title, mid }) => h('button', { type: 'button', onclick: () => tap(title, mid) }, title);
  drawList(strip, quickReplies, ({ mid, title }) => `${mid} ${title}`, chip);
}
