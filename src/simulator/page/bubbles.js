import { h } from './dom.js';
import { clockTime, dayAndTime } from './times.js';

const REACTIONS = { love: '❤️', smile: '😆', wow: '😮', sad: '😢', angry: '😠', like: '👍' };
const MARKS = { waiting: 'Sending…', delivered: 'Delivered', seen: 'Seen by the Page', read: 'Read' };

/**
 * One message of either side.
 * @param {any} row
 * @param {any} actions
 */
export function drawBubble(row, actions) {
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
