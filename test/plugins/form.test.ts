/** The rules of forms and lead capture. `lead-capture.test.ts` runs them on a real Temporal server. */

import { describe, expect, test } from 'vitest';
import {
  choice,
  email,
  form,
  leadCapture,
  number,
  phone,
  text,
  type LeadCaptureOptions,
} from '../../src/plugins/index.ts';
import { NOON, talkWith } from './hook-talk.ts';

const FIELDS = { email: email('Your e-mail?'), firstName: text('Your name?') };

async function begun(options: Partial<LeadCaptureOptions> = {}, ...answers: readonly string[]) {
  const talk = talkWith(leadCapture({ on: /price/i, fields: FIELDS, ...options }));
  await talk.says('price?');
  for (const answer of answers) await talk.says(answer);
  talk.heard();
  return talk;
}

describe('a form emits its progress', () => {
  test('to the end', async () => {
    const talk = await begun({ name: 'quote' }, 'ana@shop.example', 'Ana');
    expect(talk.topics()).toEqual([
      'quote.started',
      'quote.asked {"field":"email"}',
      'quote.asked {"field":"firstName"}',
      'quote.completed {"email":"ana@shop.example","firstName":"Ana"}',
    ]);
    expect(talk.leads).toEqual([
      { leadId: 'l0', form: 'quote', fields: { email: 'ana@shop.example', firstName: 'Ana' } },
    ]);
    expect(talk.state()).toEqual({});
  });

  test('and where it ended early', async () => {
    const talk = await begun({}, 'ana@shop.example', 'cancel');
    expect(talk.topics().at(-1)).toBe('lead-capture.cancelled {"reason":"asked","field":"firstName"}');
    const other = await begun();
    await other.run((plugin, ctx) => plugin.onTopic?.(ctx, { name: 'opt-out' }));
    expect(other.topics().at(-1)).toBe('lead-capture.cancelled {"reason":"opt-out","field":"email"}');
    expect(other.heard()).toEqual([]);
  });

  test('a form that is not lead capture stores nothing', async () => {
    const talk = talkWith(form({ on: /book/, fields: { size: choice('Size?', ['S', 'L']) } }));
    await talk.says('book');
    await talk.taps('L');
    expect(talk.heard()).toEqual(['Size?', 'Thank you!']);
    expect(talk.topics().at(-1)).toBe('form.completed {"size":"L"}');
    expect(talk.leads).toEqual([]);
  });
});

describe('invalid answers', () => {
  test('after three the question may be skipped, by a tap or by typing', async () => {
    const talk = await begun({}, 'no idea', 'none');
    expect(talk.offered()).not.toContain('Skip');
    await talk.says('skip');
    expect(talk.heard()).toEqual(['That does not look like an e-mail address.', 'Your e-mail?']);
    expect(talk.offered()).toContain('Skip');
    await talk.taps('Skip');
    await talk.says('Ana');
    expect(talk.heard()).toEqual(['Your name?', 'Thank you! We will be in touch.']);
    expect(talk.leads).toEqual([{ leadId: 'l0', form: 'lead-capture', fields: { firstName: 'Ana' } }]);
  });

  test('a message that another plugin handles does not count', async () => {
    const talk = await begun();
    for (let asked = 0; asked < 5; asked += 1) await talk.says('open?', 'faq');
    expect(talk.offered()).not.toContain('Skip');
    expect(talk.heard()).toEqual(Array(5).fill('Your e-mail?'));
  });

  test('a form with every question skipped is no lead', async () => {
    const talk = await begun({ fields: { email: email('Your e-mail?') }, tries: 1 }, 'none');
    await talk.taps('Skip');
    expect(talk.leads).toEqual([]);
    expect(talk.topics().at(-1)).toContain('"reason":"nothing answered"');
  });

  test('or an operator is called, and the form waits', async () => {
    const talk = await begun({ tries: 2, afterTries: 'person', name: 'quote' }, 'none', 'none');
    expect(talk.heard()).toEqual([]);
    expect(talk.takeOvers).toEqual([{ reason: 'no answer fits "email" of quote', forMs: 20 * 3_600_000 }]);
    await talk.says('ana@shop.example');
    expect(talk.heard()).toEqual(['Your name?']);
  });

  test('or the form ends', async () => {
    const talk = await begun({ tries: 1, afterTries: 'cancel', cancelled: 'Never mind.' });
    await talk.says('none');
    expect(talk.heard()).toEqual(['Never mind.']);
    expect(talk.topics().at(-1)).toContain('"reason":"misfits"');
  });
});

describe('a summary before it is sent', () => {
  const OPTIONS = { confirm: true, labels: { email: 'E-mail' } };
  const SUMMARY = 'Is this right?\nE-mail: ana@shop.example\nFirst name: Ana';

  test('is sent by a tap, and once', async () => {
    const talk = await begun(OPTIONS, 'ana@shop.example');
    await talk.says('Ana');
    expect(talk.heard()).toEqual([SUMMARY]);
    expect(talk.offered()).toEqual(['Send', 'E-mail', 'First name']);
    expect(talk.leads).toEqual([]);
    await talk.taps('Send');
    await talk.says('Send');
    expect(talk.heard()).toEqual(['Thank you! We will be in touch.']);
    expect(talk.leads).toHaveLength(1);
  });

  test('lets one change an answer by a tap or by its name', async () => {
    const talk = await begun(OPTIONS, 'ana@shop.example', 'Ana');
    await talk.taps('E-mail');
    await talk.says('rui@shop.example');
    await talk.says('the first name is wrong');
    await talk.says('Rui');
    await talk.says('yes!');
    expect(talk.heard()).toEqual([
      'Your e-mail?',
      SUMMARY.replace('ana', 'rui'),
      'Your name?',
      'Is this right?\nE-mail: rui@shop.example\nFirst name: Rui',
      'Thank you! We will be in touch.',
    ]);
  });

  test('is shown again after a message that is not an answer to it', async () => {
    const talk = await begun(OPTIONS, 'ana@shop.example', 'Ana');
    await talk.says('hm');
    await talk.says('open?', 'faq');
    expect(talk.heard()).toEqual([SUMMARY, SUMMARY]);
  });

  test('works with more answers than Meta takes quick replies', async () => {
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`question-number-${n}`, text('?')]));
    const talk = await begun({ fields, confirm: true }, ...Array.from({ length: 20 }, () => 'x'));
    expect(talk.offered()).toHaveLength(13);
    expect(talk.offered()[1]).toBe('Question number 0');
  });
});

describe('an answer is changed on the way', () => {
  test('when it is named', async () => {
    const talk = await begun({}, 'ana@shop.example');
    await talk.says('Change my e-mail please');
    await talk.says('rui@shop.example');
    await talk.says('Rui');
    expect(talk.heard()).toEqual(['Your e-mail?', 'Your name?', 'Thank you! We will be in touch.']);
    expect(talk.leads).toMatchObject([{ fields: { email: 'rui@shop.example', firstName: 'Rui' } }]);
  });

  test('and not when "change" is a part of the answer', async () => {
    const talk = await begun({ fields: { email: email('?'), wish: text('What for?') } }, 'ana@shop.example');
    await talk.says('Change my tyres');
    expect(talk.leads).toMatchObject([{ fields: { wish: 'Change my tyres' } }]);
  });
});

describe('after a long silence', () => {
  test('any words are no answer: the person is asked whether to go on', async () => {
    const talk = await begun({ fields: { name: text('Your name?'), phone: phone('Your number?') } });
    talk.passes('6 hours');
    await talk.says('Hello again');
    expect(talk.heard()).toEqual(['Shall we go on where we stopped?']);
    expect(talk.offered()).toEqual(['Go on', 'Start again', 'No, thanks']);
    await talk.taps('Go on');
    await talk.says('Ana');
    expect(talk.heard()).toEqual(['Your name?', 'Your number?']);
  });

  test.each([
    ['yes', ['Your name?']],
    ['go on', ['Your name?']],
    ['Start again', ['Your e-mail?']],
    ['no', ['All right, we leave it at that.']],
    ['Ana', ['Thank you! We will be in touch.']],
  ])('"%s"', async (words, said) => {
    const talk = await begun({}, 'ana@shop.example');
    talk.passes('3 days');
    await talk.says('Hello');
    talk.heard();
    await talk.says(words);
    expect(talk.heard()).toEqual(said);
  });

  test('a valid answer to a specific question counts', async () => {
    const talk = await begun();
    talk.passes('9 days');
    await talk.says('Hello');
    expect(talk.heard()).toEqual(['Shall we go on where we stopped?']);
    talk.passes('9 days');
    await talk.says('ana@shop.example');
    expect(talk.heard()).toEqual(['Your name?']);
  });

  test('another plugin answers first', async () => {
    const talk = await begun();
    talk.passes('1 day');
    await talk.says('open?', 'faq');
    expect(talk.heard()).toEqual(['Shall we go on where we stopped?']);
  });

  test('an old state without times goes on after the pause question', async () => {
    const talk = talkWith({
      ...leadCapture({ on: /price/, fields: FIELDS }),
      state: { form: { asking: 'email', answers: {} } },
    });
    await talk.says('Hi');
    await talk.says('yes');
    await talk.says('ana@shop.example');
    expect(talk.heard()).toEqual(['Shall we go on where we stopped?', 'Your e-mail?', 'Your name?']);
  });
});

describe('before the window closes', () => {
  const closing = (talk: Awaited<ReturnType<typeof begun>>) =>
    talk.run((plugin, ctx) => plugin.onWindowClosing?.(ctx, { closesAt: ctx.now + 4 * 3_600_000 }));

  test('the open question is asked once more, and its answer is taken', async () => {
    const talk = await begun();
    talk.passes('25 hours');
    await closing(talk);
    await talk.says('ana@shop.example');
    expect(talk.heard()).toEqual(['One question is still open:', 'Your e-mail?', 'Your name?']);
  });

  test('and not again, not at night, and not without an open form', async () => {
    const talk = await begun();
    talk.passes('20 hours');
    await closing(talk);
    await closing(talk);
    expect(talk.heard()).toHaveLength(2);
    const late = await begun();
    late.passes('10 hours');
    await closing(late);
    const none = talkWith(leadCapture({ on: /price/, fields: FIELDS }));
    await closing(none);
    expect([...late.heard(), ...none.heard()]).toEqual([]);
  });

  test('never with `remindBefore: false`', () => {
    expect(leadCapture({ on: /price/, fields: FIELDS, remindBefore: false }).onWindowClosing).toBeUndefined();
    expect(leadCapture({ on: /price/, fields: FIELDS, remindBefore: '2 hours' }).beforeWindowCloses).toBe('2 hours');
  });
});

describe('consent', () => {
  test('is told before the first question and stored with the lead', async () => {
    const talk = talkWith(leadCapture({ on: /price/, fields: FIELDS, consent: { text: 'We only call you back.' } }));
    await talk.says('price');
    expect(talk.heard()).toEqual(['We only call you back.', 'Your e-mail?']);
    talk.passes('1 minute');
    await talk.says('ana@shop.example');
    await talk.says('Ana');
    expect(talk.leads).toMatchObject([{ consent: { text: 'We only call you back.', at: NOON, given: 'told' } }]);
  });

  const consent = { text: 'May we keep your answers?', agree: 'I agree' };

  test('or asked for: then there is no question without it', async () => {
    const talk = talkWith(leadCapture({ on: /price/, fields: FIELDS, consent, confirm: true }));
    await talk.says('price');
    await talk.says('ana@shop.example');
    talk.passes('1 minute');
    await talk.taps('I agree');
    await talk.says('ana@shop.example');
    await talk.says('Ana');
    expect(talk.heard()).toEqual([
      'May we keep your answers?',
      'Please choose one of the answers.',
      'May we keep your answers?',
      'Your e-mail?',
      'Your name?',
      'Is this right?\nEmail: ana@shop.example\nFirst name: Ana',
    ]);
    await talk.taps('Send');
    expect(talk.leads).toEqual([
      {
        leadId: 'l0',
        form: 'lead-capture',
        fields: { email: 'ana@shop.example', firstName: 'Ana' },
        consent: { text: consent.text, at: NOON + 60_000, given: 'agreed' },
      },
    ]);
    expect(talk.topics().at(-1)).toBe('lead-capture.completed {"email":"ana@shop.example","firstName":"Ana"}');
  });

  test('a person who declines is asked nothing', async () => {
    const talk = talkWith(leadCapture({ on: /price/, fields: FIELDS, consent }));
    await talk.says('price');
    await talk.taps('No, thanks');
    expect(talk.heard()).toEqual(['May we keep your answers?', 'All right, we leave it at that.']);
    expect(talk.topics().at(-1)).toContain('"reason":"declined"');
    expect(talk.leads).toEqual([]);
  });

  test('it cannot be skipped', async () => {
    const talk = talkWith(leadCapture({ on: /price/, fields: FIELDS, consent, tries: 1 }));
    await talk.says('price');
    await talk.says('ana@shop.example');
    expect(talk.offered()).toEqual(['I agree', 'No, thanks']);
    await talk.says('skip');
    expect(talk.heard().at(-1)).toBe('May we keep your answers?');
  });
});

describe("the author's own activity", () => {
  test('gets the lead after the person was thanked, in every try with the same id', async () => {
    let isUp = false;
    const taken: object[] = [];
    const saveToCrm = async (lead: object) => {
      if (!isUp) throw new Error('The CRM is away');
      taken.push(lead);
    };
    const talk = talkWith(leadCapture({ on: /price/, fields: FIELDS, save: 'saveToCrm' }), { saveToCrm });
    await talk.says('price');
    await talk.says('ana@shop.example');
    await talk.says('Ana');
    expect(talk.heard().at(-1)).toBe('Thank you! We will be in touch.');
    expect(talk.wakes).toEqual([NOON + 60_000]);
    const wake = () => talk.run((plugin, ctx) => plugin.onWake?.(ctx, 'save'));
    await wake();
    isUp = true;
    await wake();
    await wake();
    expect(talk.wakes).toEqual([NOON + 60_000, NOON + 300_000]);
    expect(taken).toEqual(talk.leads);
    expect(talk.state()).toEqual({});
  });

  test('that always fails is given up with a log line and a topic', async () => {
    const saveToCrm = async () => Promise.reject(new Error('Never'));
    const talk = talkWith(leadCapture({ on: /price/, fields: FIELDS, save: 'saveToCrm' }), { saveToCrm });
    await talk.says('price');
    await talk.says('ana@shop.example');
    await talk.says('Ana');
    for (let tries = 0; tries < 8; tries += 1) await talk.run((plugin, ctx) => plugin.onWake?.(ctx, 'save'));
    expect(talk.topics().at(-1)).toBe('lead-capture.not-saved {"leadId":"l0"}');
    expect(talk.state()).toEqual({});
  });

  test('is declared by the plugin', () => {
    expect(Object.keys(leadCapture({ on: /x/, fields: FIELDS, save: 'saveToCrm' }).activities?.options ?? {})).toEqual([
      'saveToCrm',
    ]);
  });
});

test('texts can be translated', async () => {
  const texts = { check: 'Está certo?', send: 'Enviar' };
  const talk = await begun({ texts, confirm: true, fields: { people: number('Quantas pessoas?') } }, '4');
  expect(talk.offered()).toEqual(['Enviar', 'People']);
});

/** A bot may be plain JavaScript. */
const any = (value: unknown) => value as never;

test.each<[string, Partial<LeadCaptureOptions>, string]>([
  ['a label of nothing', { labels: { town: 'Town' } }, 'leadCapture: "labels.town" must be the label of a field'],
  ['an empty label', { labels: { email: ' ' } }, '"labels.email" must be a text'],
  ['no tries', { tries: 0 }, '"tries" must be a whole number from 1, not 0'],
  ['something else after them', { afterTries: any('shout') }, "'skip', 'person' or 'cancel'"],
  ['a pause that is none', { pauseAfter: any('soon') }, '"pauseAfter" must be a time'],
  ['a reminder that is none', { remindBefore: any(true) }, '"remindBefore" must be a time'],
  ['hours that are none', { quietHours: any({ from: '25:00', to: '08:00' }) }, '"quietHours" must be'],
  ['a long button', { texts: { send: 'x'.repeat(21) } }, '"texts.send" must be a text of 1 to 20 characters'],
  ['an unknown text', { texts: any({ sent: 'x' }) }, '"texts.sent" must be one of skip, check, send'],
  ['a pattern that is none', { changeOn: any('change') }, '"changeOn" must be a pattern'],
  ['an empty consent', { consent: { text: '' } }, '"consent.text" cannot be said'],
  ['two consents', { consent: { text: 'a', agree: 'b' }, fields: { consent: text('?') } }, 'without "consent"'],
  ['an activity without a name', { save: '' }, '"save" must be the name of an activity'],
  ['yes or no', { confirm: any('yes') }, '"confirm" must be true or false'],
])('refused when the bot is loaded: %s', (_, options, complaint) => {
  expect(() => leadCapture({ on: /price/, fields: FIELDS, ...options })).toThrow(complaint);
});

describe('two taps on one button are one', () => {
  test('on "Send"', async () => {
    const talk = await begun({ confirm: true }, 'ana@shop.example', 'Ana');
    const offered = talk.offered();
    expect(offered).toContain('Send');
    await talk.taps('Send');
    await talk.tapsAgain();
    expect(talk.heard()).toEqual(['Thank you! We will be in touch.']);
    expect(talk.passed()).toBe(0);
    expect(talk.leads).toHaveLength(1);
  });

  test('on a choice, with or without a question after it', async () => {
    const talk = await begun({
      fields: { size: choice('Size?', ['S', 'L']), name: text('Name?'), way: choice('How?', ['Post']) },
    });
    await talk.taps('L');
    await talk.tapsAgain();
    await talk.says('Ana');
    await talk.taps('Post');
    await talk.tapsAgain();
    expect(talk.heard()).toEqual(['Name?', 'How?', 'Thank you! We will be in touch.']);
    expect(talk.passed()).toBe(0);
    expect(talk.leads).toMatchObject([{ fields: { size: 'L', name: 'Ana', way: 'Post' } }]);
  });

  test('on "Skip", on an answer to change, and on "Go on"', async () => {
    const talk = await begun(
      { tries: 1, confirm: true, fields: { email: email('E-mail?'), name: text('Name?'), why: text('Why?') } },
      'none',
    );
    await talk.taps('Skip');
    await talk.tapsAgain();
    await talk.says('Ana');
    talk.passes('7 hours');
    await talk.says('hi');
    await talk.taps('Go on');
    await talk.tapsAgain();
    await talk.says('Tea');
    await talk.taps('Name');
    await talk.tapsAgain();
    await talk.says('Rui');
    expect(talk.heard()).toEqual([
      'Name?',
      'Why?',
      'Shall we go on where we stopped?',
      'Why?',
      'Is this right?\nName: Ana\nWhy: Tea',
      'Name?',
      'Is this right?\nName: Rui\nWhy: Tea',
    ]);
  });

  test('on the button that starts the form', async () => {
    const talk = talkWith(leadCapture({ on: /price/i, fields: { name: text('Name?') } }));
    await talk.taps('Prices', 'PRICES');
    await talk.tapsAgain();
    await talk.says('Ana');
    expect(talk.heard()).toEqual(['Name?', 'Thank you! We will be in touch.']);
    expect(talk.leads).toMatchObject([{ fields: { name: 'Ana' } }]);
  });

  test('but "Yes" to two questions is two answers, and a tap a while later is a new one', async () => {
    const talk = await begun({ fields: { a: choice('A?', ['Yes']), b: choice('B?', ['Yes']) } });
    await talk.taps('Yes');
    await talk.taps('Yes');
    expect(talk.leads).toMatchObject([{ fields: { a: 'Yes', b: 'Yes' } }]);
    talk.passes('2 minutes');
    await talk.tapsAgain();
    expect(talk.passed()).toBe(1);
  });

  test('a button of the form that no longer applies is no answer', async () => {
    const talk = await begun({ confirm: true }, 'ana@shop.example', 'Ana');
    await talk.taps('First name');
    talk.passes('2 minutes');
    await talk.taps('Send', 'lead-capture:send');
    expect(talk.heard()).toEqual(['Your name?', 'Your name?']);
  });
});

test.each(['Cancel.', '“cancel”', 'CANCEL!', '\u200Fcancel\u200F', 'Stop…'])(
  '%j ends the form and is no name',
  async (typed) => {
    const talk = await begun({ fields: { name: text('Name?') } });
    await talk.says(typed);
    expect(talk.heard()).toEqual(['All right, we leave it at that.']);
    expect(talk.leads).toEqual([]);
  },
);

test('buttons are typed in other spellings', async () => {
  const talk = await begun({ confirm: true, texts: { send: 'Enviar já' } }, 'ana@shop.example', 'Ana');
  await talk.says('enviar ja!');
  expect(talk.leads).toHaveLength(1);
  const other = await begun({ confirm: true }, 'ana@shop.example', 'Ana');
  await other.says('“Yes”…');
  expect(other.leads).toHaveLength(1);
});
