import { expect, test } from 'vitest';
import type { ThreadView } from '../../../src/simulator/control/thread-view.ts';
import { threadRows } from '../../../web/simulator/chat/thread-rows.ts';
import { ANA, aSend, DAY, PAGE, startSimulator } from '../../simulator/support.ts';

const conversation = `messenger:${PAGE}:${ANA}` as const;

async function startWithAna() {
  const { simulator, send } = await startSimulator();
  simulator.addPerson({ psid: ANA });
  return { simulator, send, thread: () => simulator.thread(ANA) };
}

/** Each row in short: what it is, and for a message its text with its place in a run and its mark. */
function inShort(thread: ThreadView): string[] {
  return threadRows(thread).map((row) => {
    if (row.kind !== 'message') return row.kind === 'time' ? `time ${row.later}`.trim() : row.kind;
    const { message, isFirst, isLast, hasMark } = row;
    return [message.text, isFirst && 'first', isLast && 'last', hasMark && message.mark].filter(Boolean).join(' ');
  });
}

test('an empty thread offers Get Started', async () => {
  const { thread } = await startWithAna();
  expect(inShort(thread())).toEqual(['start']);
});

test('messages of one author form a run; a mark stands at the newest message it holds for', async () => {
  const { simulator, send, thread } = await startWithAna();
  simulator.says(ANA, 'Hello');
  await send(aSend('Hi'));
  await send(aSend('How can we help?'));
  simulator.reads(ANA);
  await send({ recipient: { id: ANA }, sender_action: 'typing_on' });
  expect(inShort(thread())).toEqual([
    'time',
    'Hello first last waiting',
    'Hi first',
    'How can we help? last read',
    'typing',
  ]);
});

test('a pause is told, and a refused message stands where it would have been', async () => {
  const { simulator, send, thread } = await startWithAna();
  simulator.says(ANA, 'Hello');
  simulator.moveClock(conversation, DAY + 1);
  await send(aSend('Still there?', { messaging_type: 'UPDATE' }));
  simulator.answersFromInbox(ANA, 'Marta here');
  expect(inShort(thread())).toEqual([
    'time',
    'Hello first last waiting',
    'time 1 day later',
    'refused',
    'Marta here first last delivered',
  ]);
  expect(threadRows(thread()).find(({ kind }) => kind === 'refused')).toMatchObject({
    title: 'Still there?',
    code: '10/2018278',
  });
});

test('an error of the bot stands where it happened', async () => {
  const { simulator, thread } = await startWithAna();
  simulator.says(ANA, 'Hello');
  simulator.showBotLogLine(conversation, {
    level: 'error',
    words: 'The hook onMessage of plugin "faq" failed',
    place: 'bot.ts:3:1',
  });
  simulator.moveClock(conversation, 60_000);
  simulator.says(ANA, 'Anybody?');
  expect(inShort(thread())).toEqual(['time', 'Hello first last waiting', 'bot', 'Anybody? first last waiting']);
  expect(threadRows(thread()).find(({ kind }) => kind === 'bot')).toMatchObject({
    level: 'error',
    words: 'The hook onMessage of plugin "faq" failed',
  });
  expect(thread().timeline.find(({ kind }) => kind === 'bot')).toMatchObject({ line: { place: 'bot.ts:3:1' } });
});
