import { drawList, drawn, h } from './dom.js';
import { clockTime, span } from './times.js';

const FAULT_NAMES = {
  error: 'refused',
  error_after: 'delivered, yet answered with an error',
  slow: 'taken late',
  cut_before: 'the connection was cut before Meta took it',
  cut_after: 'delivered, then the connection was cut before the answer',
};

/**
 * The list on the right: what was said, what it took to bring it over, and what Meta made of it.
 * @param {HTMLElement} list
 * @param {import('../control/thread-view.ts').ThreadView} view
 * @param {string} pageName
 */
export function drawHappenings(list, { person, happenings }, pageName) {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const rows = happenings.map((one, index) => {
    const before = happenings[index - 1];
    const later = before && one.at - before.at > 60 * 60_000 ? `${span(one.at - before.at)} later` : '';
    return { ...one, later, name: person.firstName, timezone: person.timezone };
  });
  const shown = rows.length > 0 ? rows : [{ seq: 0, kind: 'empty' }];
  drawList(
    list,
    shown,
    ({ seq }) => String(seq),
    (row, before) => drawEvent(row, before, pageName),
  );
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function drawEvent(row, before, pageName) {
  if (row.kind === 'empty') {
    return h('li.empty', {}, 'Every webhook, every Send API call and what Meta made of it will stand here.');
  }
  const opened = new Set([...(before?.querySelectorAll('details[open]') ?? [])].map((one) => one.dataset.part));
  const { kind, title, at, timezone, send, webhooks, mid, later } = row;
  const state = stateOf(row);
  const time = h('time', {}, clockTime(at, timezone));
  const parts = [send && sendPart(send, opened), ...webhooks.map((one, index) => webhookPart(one, index, opened))];
  const data = { kind, state, ...(mid && { mid }) };
  if (isSmall(row)) {
    const [part] = parts.filter(Boolean);
    part.querySelector('summary').append(time);
    return h('li.event.small', { data }, later && h('p.later', {}, later), part);
  }
  return h(
    'li.event',
    { data },
    later && h('p.later', {}, later),
    h('p.head', {}, h('span.who', {}, whoOf(row, pageName)), title && h('span.title', {}, title), time),
    send?.meaning && h('p.meaning', {}, send.meaning),
    send?.fault && h('p.meaning', {}, `On demand: ${FAULT_NAMES[send.fault] ?? send.fault}.`),
    ...parts,
  );
}

/** Typing, seen, read: one line is enough. */
function isSmall({ kind, send, title, webhooks }) {
  if (send) return send.outcome === 'accepted' && send.how === title;
  return kind === 'signal' && webhooks[0].kind === 'read';
}

function whoOf({ kind, name }, pageName) {
  if (kind === 'said' || kind === 'signal') return name;
  if (kind === 'other_app') return `${pageName}, by another app`;
  return kind === 'inbox' ? `${pageName}, by hand` : pageName;
}

function stateOf({ send, webhooks }) {
  if (send && send.outcome !== 'accepted') return send.outcome;
  return webhooks.every((webhook) => webhook.isAccepted) ? 'done' : 'waiting';
}

function sendPart(send, opened) {
  const { outcome, how, httpStatus, code, request, answer } = send;
  const result = outcome === 'cut' ? 'no answer' : code ? `refused ${code}` : `${httpStatus} OK`;
  return h(
    'details',
    { open: opened.has('send'), data: { part: 'send' } },
    h(
      'summary',
      {},
      h('span.label', {}, 'Send API'),
      h('span.detail', {}, how),
      h('span.result', { data: { result: outcome } }, result),
    ),
    h('h4', {}, 'Request'),
    json(request),
    answer !== undefined && h('h4', {}, 'Answer'),
    answer !== undefined && json(answer),
  );
}

function webhookPart({ kind, isAccepted, tries, lastAnswer, tookMs, body }, index, opened) {
  const part = `webhook ${index}`;
  const after = tries > 1 ? `taken after ${tries} tries` : 'taken';
  const waiting = tries === 0 ? 'on its way' : `${lastAnswer}, tried ${tries}×`;
  return h(
    'details',
    { open: opened.has(part), data: { part } },
    h(
      'summary',
      {},
      h('span.label', {}, 'Webhook'),
      h('span.detail', {}, kind),
      h('span.result', { data: { result: isAccepted ? 'accepted' : 'waiting' } }, isAccepted ? after : waiting),
      isAccepted && tookMs !== undefined && h('span.took', {}, `${tookMs} ms`),
    ),
    json(body),
  );
}

function json(text) {
  return h('pre', {}, JSON.stringify(JSON.parse(text), null, 2));
}

/** Brings an event into sight. @param {HTMLElement} list @param {string} key of the event, or the `mid` of its bubble */
export function highlight(list, key) {
  for (const event of drawn(list))
    event.classList.toggle('chosen', event.dataset.mid === key || event.dataset.key === key);
  list.querySelector('.chosen')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
}
