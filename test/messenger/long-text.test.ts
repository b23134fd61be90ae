import { expect, test } from 'vitest';
import { startTalk } from '../support/talk.ts';

/** Answers every text with its number and the text itself. */
const PROBE = 'test/support/bots/probe/bot.ts';
const LONG = Array.from({ length: 600 }, (_, index) => `word${index}`).join(' ');

test('a long answer is sent in parts with consecutive send ids', async () => {
  const talk = await startTalk(PROBE);
  await talk.says(LONG);
  const heard = await talk.hears(3);
  expect(heard.join(' ')).toBe(`1 ${LONG}`);
  const sendIds = sent(talk).map(({ message }) => message.metadata.split('#')[0]);
  expect(sendIds).toEqual([sendIds[0], `${sendIds[0]}.1`, `${sendIds[0]}.2`]);
});

test('after a part that fails, the remaining parts are not sent', async () => {
  const talk = await startTalk(PROBE);
  await talk.says('hello');
  await talk.hears(1);
  talk.stage.simulator.fault({ kind: 'error', code: 100, psid: talk.psid });
  await talk.says(LONG);
  await talk.settles();
  expect(await talk.hears()).toEqual([]);
  expect(sent(talk)).toHaveLength(2);
});

interface Request {
  readonly message: { readonly metadata: string };
}

function sent(talk: Awaited<ReturnType<typeof startTalk>>): Request[] {
  const { timeline } = talk.stage.simulator.thread(talk.psid);
  return timeline.flatMap(({ send }) => (send ? [JSON.parse(send.request) as Request] : []));
}
