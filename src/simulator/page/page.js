import { drawHead, drawNobody, drawQuickReplies, drawThread } from './chat.js';
import { drawCodeNotes } from './code.js';
import { all, byId, h } from './dom.js';
import { FAULTS } from './faults.js';
import { drawHappenings, highlight } from './happenings.js';
import { drawPeople } from './people.js';
import { ask, follow } from './server.js';
import { dayAndTime, span, zoneName } from './times.js';

/** What is on the page: everybody, and the open chat. */
let state;
/** @type {import('../control/thread-view.ts').ThreadView | undefined} */
let view;
/** @type {string | undefined} */
let open = location.hash.slice(1) || undefined;

const actions = {
  pageName: 'Your Page',
  tap: (title, mid) => act('taps', { title, mid }),
  react: (mid, reaction) => act('reactions', { mid, reaction }),
  start: () => act('starts', {}),
  reveal: (mid) => act('coupons', { mid }),
  rate: (mid, score) => act('ratings', { mid, score }),
  sendAddress: (address) => act('addresses', address),
  highlight: (mid) => highlight(byId('events'), mid),
};

/** Does something as the open person and draws what came of it. */
async function act(path, body) {
  if (!open) return notice('Add a person first.');
  const psid = open;
  await attempt(async () => {
    const after = await ask('POST', `people/${psid}/${path}`, body);
    if (psid === open) show(after);
  });
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    notice(error instanceof Error ? error.message : String(error));
  }
}

let noticeTimer;
function notice(words) {
  const box = byId('notice');
  box.textContent = words;
  box.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => (box.hidden = true), 6000);
}

function showState(next) {
  state = next;
  actions.pageName = state.pageName;
  byId('page-name').textContent = state.pageName;
  drawPeople(byId('people'), state.people, open, choose);
  byId('faults').hidden = state.faults.length === 0;
  byId('faults').firstElementChild.textContent =
    `Waiting for the next send: ${state.faults.map(faultName).join(', ')}.`;
}

function faultName({ kind, code, subcode, times }) {
  const name = code ? [code, subcode].filter(Boolean).join('/') : kind.replace('_', ' ');
  return times > 1 ? `${times} × ${name}` : name;
}

/** @param {import('../control/thread-view.ts').ThreadView} next */
function show(next) {
  view = next;
  const { person } = next;
  document.title = `${person.firstName} · Messenger on localhost`;
  drawHead(byId('chat-head'), person);
  drawThread(byId('thread'), next, actions);
  drawQuickReplies(byId('quick-replies'), next.quickReplies, actions.tap);
  drawHappenings(byId('events'), next, actions.pageName);
  drawTools(person);
  readWhenSeen();
}

/** @type {{ psid: string | undefined, runs: readonly import('../options.ts').BrokenRun[] }} */
let broken = { psid: undefined, runs: [] };

/** Asks whether the open person's workflows go on. */
async function lookAtRuns() {
  const psid = open;
  const isAsked = state?.knowsRuns && psid && document.visibilityState === 'visible';
  if (isAsked) broken = { psid, runs: await ask('GET', `people/${psid}/broken`).catch(() => []) };
  showCodeNotes();
}

function showCodeNotes() {
  const runs = broken.psid === open ? broken.runs : [];
  drawCodeNotes(byId('code-notes'), state?.botProblem, runs, async (workflowId) => {
    await act('resets', { workflowId });
    await lookAtRuns();
  });
}

function drawTools(person) {
  const { firstName, timezone, now, clockAheadMs, temporalUrl, isBlocking } = person;
  const ahead = clockAheadMs > 0 ? ` · ${span(clockAheadMs)} ahead` : '';
  byId('clock').textContent = `${firstName}'s clock: ${dayAndTime(now, timezone)}${ahead}`;
  byId('clock').title = zoneName(timezone);
  byId('words').disabled = isBlocking;
  byId('words').placeholder = isBlocking ? `${firstName} has blocked the Page` : 'Aa';
  const link = byId('temporal');
  link.hidden = temporalUrl === undefined;
  if (temporalUrl) link.href = temporalUrl;
  const wanted = isBlocking ? 'unblock' : 'block';
  if (byId('more-buttons').dataset.block !== wanted) byId('more-buttons').replaceChildren(...moreButtons(wanted));
  byId('more-buttons').dataset.block = wanted;
}

/** @param {'block' | 'unblock'} block */
function moreButtons(block) {
  const button = (name, onclick) => h('button', { type: 'button', onclick }, name);
  return [
    button('Get Started', () => act('starts', {})),
    button('Another app takes the thread', () => act('thread', { owner: 'other_app' })),
    button('The bot gets the thread', () => act('thread', { owner: 'us' })),
    button('Comment on a post', () => act('comments', { text: 'How much is it?' })),
    button('Open an m.me link', () => act('links', { ref: 'poster_7' })),
    button('Click an ad', () => act('ads', {})),
    button('Send to Messenger', () => act('optins', { ref: 'signup_page' })),
    button(block === 'block' ? 'Block the Page' : 'Unblock the Page', () => act(block, {})),
  ];
}

/** What stands on an open page counts as read, as on a phone. */
function readWhenSeen() {
  if (view && view.person.unread > 0 && document.visibilityState === 'visible') void act('reads', {});
}

async function refresh(people) {
  await attempt(async () => {
    showState(await ask('GET', 'state'));
    if (!state.people.some((person) => person.psid === open)) open = state.people[0]?.psid;
    if (open && (people === undefined || people.includes(open))) show(await ask('GET', `people/${open}`));
    if (!open) drawNobody(byId('chat-head'));
    showCodeNotes();
    drawPeople(byId('people'), state.people, open, choose);
  });
}

/** One look at a time: what changes meanwhile is looked at right after. */
let looking = false;
let lookAgain;
async function look(people) {
  if (looking) {
    lookAgain = { people: lookAgain?.people && people ? [...lookAgain.people, ...people] : undefined };
    return;
  }
  looking = true;
  await refresh(people);
  looking = false;
  const next = lookAgain;
  lookAgain = undefined;
  if (next) await look(next.people);
}

function choose(psid) {
  open = psid;
  history.replaceState(undefined, '', `${location.pathname}${location.search}#${psid}`);
  byId('thread').replaceChildren();
  byId('events').replaceChildren();
  showPane('chat');
  void look([psid]).then(() => {
    byId('thread').scrollTop = byId('thread').scrollHeight;
    byId('events').scrollTop = byId('events').scrollHeight;
  });
}

function showPane(pane) {
  document.body.dataset.pane = pane;
  for (const button of all('[data-show]')) {
    button.setAttribute('aria-pressed', String(button.dataset.show === pane));
  }
}

function addPerson() {
  return attempt(async () => choose((await ask('POST', 'people', {})).psid));
}

async function moveTime(hours) {
  const buttons = byId('time-buttons');
  buttons.inert = true;
  await act('time', { ms: Math.round(hours * 3_600_000) });
  buttons.inert = false;
}

function onSubmit(id, submit) {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
}

onSubmit('composer', async () => {
  const text = byId('words').value.trim();
  byId('words').value = '';
  if (!text) return;
  if (!open) await addPerson();
  await act('messages', { text });
});
onSubmit('inbox-form', () => {
  const text = byId('inbox-words').value.trim();
  byId('inbox-words').value = '';
  return text ? act('inbox', { text }) : undefined;
});
onSubmit('time-form', () => {
  const hours = Number(byId('hours').value);
  byId('hours').value = '';
  return hours > 0 ? moveTime(hours) : notice('How many hours? Time only moves forward.');
});
onSubmit('fault-form', () => {
  const { fault } = FAULTS[Number(byId('fault').value)];
  return attempt(() => ask('POST', 'faults', open ? { ...fault, psid: open } : fault));
});
byId('fault').append(...FAULTS.map(({ name }, index) => h('option', { value: String(index) }, name)));
byId('clear-faults').addEventListener('click', () => void attempt(() => ask('DELETE', 'faults')));
byId('add-person').addEventListener('click', () => void addPerson());
for (const button of all('[data-hours]')) {
  button.addEventListener('click', () => void moveTime(Number(button.dataset.hours)));
}
for (const button of all('[data-show]')) {
  button.addEventListener('click', () => showPane(button.dataset.show));
}
document.addEventListener('visibilitychange', readWhenSeen);

/** A thread that stands at its end stays there when the window changes its size. */
new ResizeObserver(() => {
  if (wasAtEnd) byId('thread').scrollTop = byId('thread').scrollHeight;
}).observe(byId('thread'));
/** Pictures come later than their bubbles. */
byId('thread').addEventListener(
  'load',
  () => {
    if (wasAtEnd) byId('thread').scrollTop = byId('thread').scrollHeight;
  },
  true,
);
let wasAtEnd = true;
byId('thread').addEventListener('scroll', () => {
  const { scrollHeight, scrollTop, clientHeight } = byId('thread');
  wasAtEnd = scrollHeight - scrollTop - clientHeight < 80;
});

showPane('chat');
follow(
  (people) => void look(people),
  (isConnected) => (document.body.dataset.connected = String(isConnected)),
);
/** A workflow that is stuck tells nobody. */
const RUNS_EVERY_MS = 2000;
setInterval(() => void lookAtRuns(), RUNS_EVERY_MS);
/** The clocks go on while nothing happens. */
setInterval(() => {
  if (!view) return;
  const passed = 10_000;
  view = { ...view, person: { ...view.person, now: view.person.now + passed } };
  drawHead(byId('chat-head'), view.person);
  drawTools(view.person);
}, 10_000);
