/** What is wrong with a bot is said when it is loaded, by plugin and option. */

import { expect, test } from 'vitest';
import { defineBot, definePlugin, defineSequence, declareActivities, type Bot } from '../../src/index.ts';
import * as bundled from '../../src/plugins/index.ts';
import { choice, email, faq, followUp, handoff, leadCapture, menu, welcome } from '../../src/plugins/index.ts';

const mail = email('Which e-mail?');
const say = 'Hello';
const nothing = '';
/** A bot may be plain JavaScript. */
const any = (value: unknown) => value as never;
const aPlugin = (more: object) => () => defineBot({ plugins: [any({ name: 'mine', ...more })] });
const aSequence = (more: object) => () =>
  defineBot({ plugins: [], sequences: [any({ name: 'mine', run: async () => {}, ...more })] });

/** Each builder that takes options, with options that are right. */
const BUILDERS = {
  analytics: { funnels: { lead: ['lead-capture.completed'] } },
  assistant: {},
  broadcast: { name: 'sale', to: {}, say },
  followUp: { name: 'offer', startOn: 'handoff', steps: [{ after: '1 day', say }] },
  form: { on: /x/, fields: { mail } },
  handoff: { on: /x/ },
  leadCapture: { on: /x/, fields: { mail } },
  menu: { text: 'What?', choices: [{ title: 'Hours', answer: say }] },
  optOut: {},
  segments: { rules: [{ topic: 'handoff', tag: 'asked' }] },
  welcome: { text: say },
} as const;

test('every builder of a plugin is known here', () => {
  const others = ['choice', 'date', 'email', 'faq', 'field', 'menuPayload', 'number', 'phone', 'text'];
  expect(Object.keys(bundled).toSorted()).toEqual([...Object.keys(BUILDERS), ...others].toSorted());
});

test.each(Object.entries(BUILDERS))('an option that %s does not have', (name, options) => {
  const build = new Map<string, unknown>(Object.entries(bundled)).get(name) as (options: object) => unknown;
  expect(() => build(options)).not.toThrow();
  expect(() => build({ ...options, colour: 'red' })).toThrow(`${name}: "colour" is no option. There are: `);
});

test.each<[string, () => unknown, string]>([
  ['a guess', () => handoff(any({ on: /x/, afterMiss: 3 })), '"afterMiss" is no option. Did you mean "afterMisses"?'],
  ['of a form', () => leadCapture(any({ on: /x/, fields: { mail }, consnt: {} })), 'Did you mean "consent"?'],
  ['of the FAQ', () => faq([{ match: /x/, answer: say }], any({ offersFrom: 1 })), 'Did you mean "offerFrom"?'],
  ['of a question', () => faq([any({ match: /x/, answers: say })]), 'faq: "answers" is no option of "0". Did you mean'],
  [
    'of a step',
    () => followUp(any({ ...BUILDERS.followUp, steps: [{ afer: '1 day', say }] })),
    'of "steps.0". Did you',
  ],
  ['of a choice', () => menu(any({ text: 'a', choices: [{ title: 'b', start: 'c' }] })), 'Did you mean "starts"?'],
  ['of a rule', () => bundled.segments(any({ rules: [{ say: /x/, tag: 'a' }] })), '"say" is no option of "rules.0".'],
  ['of `away`', () => handoff(any({ on: /x/, away: { hour: {}, text: say } })), 'Did you mean "hours"?'],
  [
    'of quiet hours',
    () => defineBot(any({ plugins: [], quietHours: { from: '21:00', to: '08:00', timezone: 'Europe/Lisbon' } })),
    '"timezone" is no option of "quietHours". Did you mean "timeZone"?',
  ],
  [
    'of a text field',
    () => bundled.text('Name?', any({ max: 20 })),
    'text: "max" is no option. There are: most, retry.',
  ],
  ['of a number', () => bundled.number('Age?', any({ min: 18 })), 'number: "min" is no option.'],
  ['of opt-out texts', () => bundled.optOut(any({ texts: { pt: { stop: say } } })), 'is no option of "texts.pt".'],
])('an unknown option %s', (_, build, complaint) => {
  expect(build).toThrow(complaint);
});

test('a menu that starts a sequence which is not in the bot', () => {
  const reminder = defineSequence({ name: 'reminder', async run() {} });
  const starting = (starts: string) =>
    defineBot({
      plugins: [menu({ text: 'What?', choices: [{ title: 'a', text: 'b', choices: [{ title: 'c', starts }] }] })],
      sequences: [reminder],
    });
  expect(() => starting('reminder')).not.toThrow();
  expect(() => starting('remider')).toThrow(
    'Plugin "menu" starts the sequence "remider", which is not in the bot. Did you mean "reminder"?',
  );
});

test.each([
  ['a list', ['order.placed']],
  ['a type', { 'order.placed': 'number' }],
])('topics of a bot that are %s', (_, topics) => {
  expect(() => defineBot(any({ plugins: [], topics }))).toThrow('defineBot: "topics');
});

test.each<[string, () => unknown, string]>([
  [
    'a bot with a part that no bot has',
    () => defineBot(any({ plugins: [], sequence: [] })),
    'defineBot: "sequence" is no part of a bot. Did you mean "sequences"? There are: plugins, sequences,',
  ],
  [
    'a hook that no plugin has',
    aPlugin({ onMesage() {} }),
    'Plugin "mine": "onMesage" is no part of a plugin. Did you mean "onMessage"?',
  ],
  [
    'a part that no sequence has',
    aSequence({ startsOn: 'a' }),
    'Sequence "mine": "startsOn" is no part of a sequence.',
  ],
  [
    'leadCapture without a pattern',
    () => leadCapture(any({ fields: { mail } })),
    'leadCapture: "on" must be a pattern such as /price/i, not undefined.',
  ],
  [
    'leadCapture with a text for a pattern',
    () => leadCapture(any({ on: 'price', fields: { mail } })),
    'leadCapture: "on" must be a pattern such as /price/i, not "price".',
  ],
  [
    'leadCapture with nothing to ask',
    () => leadCapture({ on: /x/, fields: {} }),
    'leadCapture: "fields" must be an object with a question, not {}.',
  ],
  [
    'leadCapture with a question that is none',
    () => leadCapture(any({ on: /x/, fields: { mail: 'Which?' } })),
    'leadCapture: "fields.mail" must be a field such as',
  ],
  [
    'leadCapture that says nothing at its end',
    () => leadCapture({ on: /x/, fields: { mail }, done: nothing }),
    'leadCapture: "done" cannot be said.',
  ],
  [
    'leadCapture with a name that is none',
    () => leadCapture({ on: /x/, fields: { mail }, name: 'My Form' }),
    'leadCapture: "name" must be a name in kebab-case',
  ],
  [
    'a question without a text',
    () => leadCapture({ on: /x/, fields: { mail: email(any({ text: nothing })) } }),
    '"fields.mail.ask" cannot be said.',
  ],
  [
    'a choice with too many answers',
    () =>
      choice(
        'Which?',
        Array.from({ length: 14 }, (_, n) => `answer ${n}`),
      ),
    '13',
  ],
  ['a choice without answers', () => choice('Which?', []), 'choice: "options" must be a list with an answer, not [].'],
  ['faq without questions', () => faq([]), 'faq: "questions" must be a list with a question, not [].'],
  [
    'faq with a text for a pattern',
    () => faq([{ match: /a/, answer: say }, any({ match: 'hours', answer: say })]),
    'faq: "1.match" must be a pattern such as /price/i, not "hours".',
  ],
  ['faq without an answer', () => faq([any({ match: /a/ })]), 'faq: "0.answer" cannot be said.'],
  ['welcome that says nothing', () => welcome({ text: '' }), 'welcome: "text" cannot be said.'],
  [
    'welcome without a payload',
    () => welcome({ text: say, payload: '' }),
    'welcome: "payload" must be a text, not "".',
  ],
  ['handoff without a pattern', () => handoff(any({})), 'handoff: "on" must be a pattern'],
  ['handoff for no time', () => handoff({ on: /x/, silentFor: 0 }), 'handoff: "silentFor" must be a time such as'],
  ['handoff for a time that is none', () => handoff({ on: /x/, silentFor: any('a while') }), 'not "a while".'],
  [
    'followUp without steps',
    () => followUp({ name: 'later', startOn: 'x', steps: [] }),
    'followUp: "steps" must be a list with a step, not [].',
  ],
  [
    'followUp back in time',
    () => followUp({ name: 'later', startOn: 'x', steps: [{ after: -5, say }] }),
    'followUp: "steps.0.after" must be a time such as',
  ],
  [
    'followUp without a start',
    () => followUp(any({ name: 'later', steps: [{ after: 5, say }] })),
    'followUp: "startOn" must be the name of a topic',
  ],
  ['a bot without plugins', () => defineBot(any({})), 'defineBot: "plugins" must be a list, not undefined.'],
  [
    'a plugin that is none',
    () => defineBot({ plugins: [any(undefined)] }),
    'defineBot: "plugins.0" must be a plugin, not undefined.',
  ],
  [
    'a plugin without a name',
    () => defineBot({ plugins: [any({})] }),
    'The plugin at plugins.0: "name" must be a name in kebab-case',
  ],
  [
    'a plugin called like something every object has',
    () => defineBot({ plugins: [definePlugin({ name: 'constructor' })] }),
    'not "constructor".',
  ],
  [
    'two plugins of one name',
    () => defineBot({ plugins: [faq([{ match: /a/, answer: say }]), faq([{ match: /b/, answer: say }])] }),
    'Two plugins are called "faq".',
  ],
  [
    'a hook that is no function',
    aPlugin({ onMessage: 'hi' }),
    'Plugin "mine": "onMessage" must be a function, not "hi".',
  ],
  ['a version that is none', aPlugin({ version: 0 }), 'Plugin "mine": "version" must be a whole number from 1, not 0.'],
  [
    'activities in the old way',
    () => declareActivities(any({ startToCloseTimeout: '10 seconds' })),
    'declareActivities: list activities by name, each with its options. Write: declareActivities<typeof activities>({ saveToCrm: {',
  ],
  ['activities without a list', () => declareActivities(any(undefined)), 'declareActivities: list activities by name'],
  [
    'activities that are a list',
    aPlugin({ activities: ['save'] }),
    'Plugin "mine": activities: list activities by name, each with its options.',
  ],
  [
    'an activity without options',
    () => declareActivities(any({ save: true })),
    'declareActivities: "save" must be options such as {}',
  ],
  [
    'an activity with an option that is none',
    () => declareActivities({ save: any({ timeout: '10 seconds' }) }),
    'declareActivities: "save.timeout" must be one of startToCloseTimeout, scheduleToCloseTimeout, heartbeatTimeout, retry',
  ],
  [
    'an activity with no time at all',
    () => declareActivities({ save: { startToCloseTimeout: 0 } }),
    'declareActivities: "save.startToCloseTimeout" must be a time such as',
  ],
  [
    'an activity that is never tried',
    () => declareActivities({ save: { retry: { maximumAttempts: 0 } } }),
    'declareActivities: "save.retry.maximumAttempts" must be a whole number from 1, not 0.',
  ],
  ['a state that is no JSON', aPlugin({ state: { since: new Date(0) } }), 'Plugin "mine": "state".since is a Date'],
  [
    'a fallback that cannot be said',
    () => defineBot({ plugins: [], fallback: nothing }),
    'defineBot: "fallback" cannot be said.',
  ],
  [
    'silence for no time',
    () => defineBot({ plugins: [], silentAfterHuman: any('long') }),
    'defineBot: "silentAfterHuman" must be a time',
  ],
  [
    'bursts over more than Meta allows for an answer',
    () => defineBot({ plugins: [], gather: '25 seconds' }),
    'defineBot: "gather" must be at most 20 seconds',
  ],
  ['bursts in no time', () => defineBot({ plugins: [], gather: any('soon') }), 'defineBot: "gather" must be a time'],
  [
    'a brake for people',
    () => defineBot({ plugins: [], brake: 3 }),
    'defineBot: "brake" must be a whole number from 10 to 1000, or false, not 3.',
  ],
  [
    'a sequence without run',
    aSequence({ run: undefined }),
    'Sequence "mine": "run" must be a function, not "undefined".',
  ],
  [
    'a sequence called like the workflow of talks',
    aSequence({ name: 'conversation' }),
    'Sequence "conversation": "name" must be another word',
  ],
  [
    'quiet hours that are none',
    aSequence({ quietHours: { from: '9pm', to: '08:00' } }),
    'Sequence "mine": "quietHours" must be { from:',
  ],
  [
    'quiet hours nowhere',
    aSequence({ quietHours: { from: '21:00', to: '08:00', timeZone: 'Mars/Base' } }),
    '"quietHours" must be',
  ],
  [
    'a version of a sequence that is none',
    aSequence({ version: '2' }),
    'Sequence "mine": "version" must be a whole number',
  ],
  [
    'one version of a sequence twice',
    () => defineBot({ plugins: [], sequences: [1, 2, 2].map((version) => any({ name: 'a', version, run() {} })) }),
    'Two sequences are called "a (version 2)".',
  ],
  [
    'runs that are none',
    aSequence({ runs: 'twice' }),
    'Sequence "mine": "runs" must be one of one_at_a_time, restart, once, not "twice".',
  ],
  [
    'an end that is no refusal',
    aSequence({ endOn: ['reply'] }),
    'Sequence "mine": "endOn" must be a list of never_wrote,',
  ],
  [
    'activities of a sequence in the old way',
    aSequence({ activities: { options: { startToCloseTimeout: 5 } } }),
    'Sequence "mine": activities: list activities by name',
  ],
  [
    'a window that closes in no time',
    aPlugin({ beforeWindowCloses: 0 }),
    'Plugin "mine": "beforeWindowCloses" must be a time such as',
  ],
  ['a stop that is no topic', aSequence({ stopOn: [7] }), 'Sequence "mine": "stopOn" must be the name of a topic'],
])('%s', (_, load, complaint) => {
  expect(load).toThrow(complaint);
});

test('a bot that is right is given back as it is', () => {
  const bot: Bot = {
    plugins: [definePlugin({ name: 'mine', version: 2, state: { a: [1, null, { b: 'c' }] }, observe() {} })],
    sequences: [defineSequence({ name: 'later', startOn: ['a', 'b'], stopOn: [], async run() {} })],
    fallback: 'Sorry?',
    silentAfterHuman: '2 hours',
    gather: '2 seconds',
    brake: false,
  };
  expect(defineBot(bot)).toBe(bot);
});
