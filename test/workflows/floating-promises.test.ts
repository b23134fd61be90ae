/** A promise that nobody awaits and that fails is logged with the name of its hook; the conversation goes on, also in a replay. */

import { beforeAll, describe, expect, test } from 'vitest';
import { bundleBot, type BotBundle } from '../../src/temporal/bundling/bundle-bot.ts';
import { replay } from '../../src/temporal/replay/replay.ts';
import { startTalk, type Talk } from '../support/talk.ts';

const BROKEN = 'test/support/bots/broken/bot.ts';
let bundle: BotBundle;
beforeAll(async () => {
  bundle = await bundleBot(BROKEN, { warn: () => {} }, { recordsCommands: true });
});

async function problemsOfReplay(talk: Talk, workflowId: string): Promise<readonly (string | undefined)[]> {
  const history = await talk.stage.client.workflow.getHandle(workflowId).fetchHistory();
  const problems = [];
  for await (const { problem } of replay(bundle, [{ workflowId, history }])) problems.push(problem);
  return problems;
}

function linesWith(talk: Talk, text: string): readonly Record<string, unknown>[] {
  const lines = talk.warnings().map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.filter(
    ({ msg, workflowId, ...fields }) =>
      String(msg).startsWith('A promise that nobody awaits failed') &&
      String(workflowId).endsWith(talk.conversation) &&
      JSON.stringify(fields).includes(text),
  );
}

describe.each([
  ['forgetsFailure', 'nobody awaits this'],
  ['forgetsToAwait', 'nobody awaits this either'],
  ['keepsPromise', 'kept and forgotten'],
  ['keepsPromiseInList', 'number 2 of a list'],
  ['throwsInThen', 'thrown in then'],
  ['throwsInForEach', 'thrown in forEach'],
  ['keepsFailedActivity', 'nobody asked the activity'],
  ['rejectsPromiseOfAnotherClass', 'odd'],
  ['rejectsWithNoText', 'an error that has no text'],
  ['rejectsAndSpinsInItsText', 'an error that has no text'],
])('a hook that %s', (crime, error) => {
  test('is logged once, with plugin, hook and stack, and its conversation and a neighbour are answered', async () => {
    const talk = await startTalk(BROKEN);
    const neighbour = await startTalk(BROKEN);

    await Promise.all([talk.says(crime), neighbour.says('hello')]);
    await talk.says('still there?');
    await neighbour.says('and you?');

    expect((await talk.hears()).slice(-2)).toEqual([`heard ${crime}`, 'heard still there?']);
    expect(await neighbour.hears()).toEqual(['heard hello', 'heard and you?']);
    expect(linesWith(talk, error)).toMatchObject([{ plugin: 'culprit', hook: 'onMessage' }]);
    expect(linesWith(talk, error)[0]?.['msg']).toContain('the hook onMessage of plugin "culprit"');
    expect(await problemsOfReplay(talk, talk.conversation)).toEqual([undefined]);
  });
});

test('a sequence that forgets a promise is logged by name, and goes on', async () => {
  const talk = await startTalk(BROKEN);
  await talk.says('startsForgetfulSequence');
  await talk.skip('2 hours');
  expect(await talk.hears()).toEqual(['heard startsForgetfulSequence', 'goes on with 1']);
  expect(linesWith(talk, 'forgotten in a sequence')).toHaveLength(1);
  expect(linesWith(talk, 'forgotten in a sequence')[0]?.['msg']).toContain('the workflow forgetful');
  expect(await problemsOfReplay(talk, talk.sequence('forgetful').workflowId)).toEqual([undefined]);
});
