import { drawCard } from './cards.js';
import { h } from './dom.js';
import { drawFigure } from './figures.js';
import { clockTime, dayAndTime } from './times.js';

const REACTIONS = { love: '❤️', smile: '😆', wow: '😮', sad: '😢', angry: '😠', like: '👍' };
const FROM = { inbox: 'Staff, from the Page inbox', other_app: 'Another app of the Page' };
const MARKS = { waiting: 'Sending…', delivered: 'Delivered', seen: 'Seen by the Page', read: 'Read' };

/**
 * One message of either side.
 * @param {any} row
 * @param {any} actions
 */
export function drawBubble(row, actions) {
  const { mid, author, at, timezone, text, cards, figure, quote, mark, isFirst, isLast, hasMark, isTapped } = row;
  const { persona, reaction, pageReaction } = row;
  const side = author === 'person' ? 'person' : 'page';
  const from = isFirst && FROM[author];
  const name = persona === undefined ? from : `Persona ${persona}`;
  const reactions = [reaction, pageReaction].filter((one) => one !== undefined);
  const content = h(
    'div.content',
    { title: dayAndTime(at, timezone), onclick: () => actions.highlight(mid) },
    quote !== undefined && h('p.quote', {}, quote),
    text !== undefined && h('p.bubble', { data: { tapped: String(isTapped) } }, text),
    cards.length > 0 &&
      h('div.cards', { tabIndex: cards.length > 1 ? 0 : -1 }, ...cards.map((card) => drawCard(card, mid, actions))),
    figure !== undefined && drawFigure(figure, mid, actions),
    reactions.length > 0 && h('span.reaction', {}, reactions.join('')),
  );
  const react = side === 'page' && reactButton(mid, reaction, actions);
  const note = hasMark && h('span.mark', { data: { mark } }, `${MARKS[mark]} · ${clockTime(at, timezone)}`);
  return h(
    side === 'person' ? 'div.row.mine' : 'div.row.page',
    { data: { author, first: String(isFirst), last: String(isLast), mid } },
    name && h('span.from', {}, name),
    h('div.line', {}, content, react),
    note,
  );
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
