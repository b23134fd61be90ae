import { drawList, h } from './dom.js';

/**
 * What keeps the saved code from answering: a bot that does not load, workflows that began with other code.
 * @param {HTMLElement} box
 * @param {string | undefined} problem of the bot's files
 * @param {readonly import('../options.ts').BrokenRun[]} broken
 * @param {(workflowId: string) => void} reset
 */
export function drawCodeNotes(box, problem, broken, reset) {
  const notes = [
    ...(problem === undefined ? [] : [{ key: 'bot', problem }]),
    ...broken.map((run) => ({ key: run.workflowId, ...run })),
  ];
  drawList(
    box,
    notes,
    ({ key }) => key,
    (note) => ('workflowId' in note ? drawBroken(note, reset) : drawProblem(note.problem)),
  );
}

function drawProblem(problem) {
  return h(
    'div.code-note',
    {},
    h('b', {}, 'The bot as it was saved cannot be loaded; what ran before goes on.'),
    h('pre', {}, problem),
  );
}

function drawBroken({ workflowId, type, problem }, reset) {
  const who = type === 'conversation' ? 'This conversation' : `The sequence "${type}"`;
  const again = (event) => {
    event.currentTarget.disabled = true;
    reset(workflowId);
  };
  return h(
    'div.code-note',
    {},
    h('b', {}, `${who} began with other code and cannot go on.`),
    h('span', {}, problem),
    h('button', { type: 'button', onclick: again }, 'Begin again with the code of now'),
  );
}
