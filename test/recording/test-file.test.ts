/** Test files: what is written can be read, and what cannot be read is named by its line. */

import { describe, expect, test } from 'vitest';
import { readTestFile } from '../../src/recording/read-test-file.ts';
import { STEP_SCHEMAS, type RecordedStep, type Recording, type StepName } from '../../src/recording/recording.ts';
import { writeTestFile } from '../../src/recording/write-test-file.ts';

const EVERY_STEP: { readonly [Name in StepName]: Extract<RecordedStep, { readonly does: Name }>['with'] } = {
  says: ['one', "it's ${two}"],
  taps: ['Yes'],
  reacts: ['love'],
  unreacts: [],
  sendsMedia: ['image', undefined, 'see'],
  sendsSticker: ['369239263222822'],
  sendsLocation: [38.7, -9.1],
  edits: ['`x`'],
  unsends: [],
  rates: [5, 'good'],
  revealsCode: [],
  sendsAddress: [{ country: 'PT', postal_code: '4050-262', 'a b': '*/' }],
  getsStarted: [],
  opensLink: ['spring'],
  clicksAd: [undefined, '641'],
  optsIn: ['signup'],
  blocks: [],
  unblocks: [],
  answersFromInbox: ['Hello\n'],
  answersFromNativeApp: ['Hello'],
  takesOver: [{ reason: 'asked', operator: { name: 'Mia' } }],
  operatorWrites: ['Hi', { name: 'Mia' }],
  givesBack: [{ operator: { name: 'Mia' } }],
  skip: ['25 hours'],
};

test('every step is read as it was written', () => {
  const names = Object.keys(STEP_SCHEMAS) as StepName[];
  const steps = names.map((does) => ({ does, with: EVERY_STEP[does], heard: ['a\'b"c\\', null] })) as RecordedStep[];
  const recording: Recording = {
    person: { firstName: 'Ana', timezone: -3.5 },
    startsAt: '10:00',
    steps,
    leftOut: ['x'],
  };
  const { steps: read, person, startsAt } = readTestFile(writeTestFile(recording, './bot.ts'));
  expect(read.map(({ line: _, ...step }) => step)).toEqual(steps);
  expect({ person, startsAt }).toEqual({ person: recording.person, startsAt: '10:00' });
});

test('a test that was written by hand is read', () => {
  const source = `
    import { simulate } from 'everthread/testing';
    const bot = new URL('bot.ts', import.meta.url);
    test('x', async () => {
      await using ana = await simulate(bot, { startsAt: '10:00' });
      await ana.says(\`two
lines\`);
      expect(ana.heard()).toEqual(['a', expect.any(String)]);
      expect(await ana.leads()).toHaveLength(1);
      await ana.end();
    });`;
  expect(readTestFile(source)).toEqual({
    person: {},
    startsAt: '10:00',
    steps: [{ line: 6, does: 'says', with: ['two\nlines'], heard: ['a', null] }],
    ignored: [9],
  });
});

const BEGIN = "const talk = await simulate('./bot.ts');\n";
describe('what cannot be read is named by its line', () => {
  test.each([
    ['types', `${BEGIN}const x: string = 'a';`, 'Line 2 cannot be read: it is not plain JavaScript'],
    ['no conversation', 'await talk.says("hi");', 'Line 1 cannot be read: nothing in the file begins'],
    ['a second conversation', `${BEGIN}const two = await simulate('./bot.ts');`, 'Line 2 cannot be read: a second'],
    ['a loop', `${BEGIN}for (const x of []) await talk.says(x);`, 'Line 2 cannot be read: only calls such as'],
    ['a step that is none', `${BEGIN}await talk.toString();`, 'Line 2 cannot be read: "toString" is no step'],
    ['an inherited name', `${BEGIN}await talk.constructor('x');`, 'Line 2 cannot be read: "constructor" is no step'],
    ['a call', `${BEGIN}await talk.says(f());`, 'Line 2 cannot be read: it has more than literal values'],
    ['a template', `${BEGIN}await talk.says(\`\${1}\`);`, 'Line 2 cannot be read: it has more than literal values'],
    ['a wrong value', `${BEGIN}await talk.reacts('shrug');`, 'Line 2 cannot be read: "reacts" is not called like that'],
    ['a wrong time', `${BEGIN}await talk.skip('soon');`, 'Line 2 cannot be read: "skip" is not called like that'],
    [
      'other options',
      "const t = await simulate('./b.ts', { temporal: 'x' });",
      'Line 1 cannot be read: it has options',
    ],
  ])('%s', (_, source, expected) => {
    expect(() => readTestFile(source)).toThrow(expected);
  });
});
