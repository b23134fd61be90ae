/** Messages that come together are one turn, and a bot that answers this one is not answered for ever. */

import { describe, expect, test } from 'vitest';
import { resetRun } from '../../src/temporal/replay/stuck-runs.ts';
import { startTalk, type Talk } from '../support/talk.ts';

const BURSTS = 'test/support/bots/bursts/bot.ts';

/** The person writes all of it at once, and Meta delivers it in one webhook, however slow this machine is. */
async function burst(talk: Talk, ...texts: readonly string[]): Promise<void> {
  const { simulator } = talk.stage;
  simulator.holdDeliveries();
  for (const text of texts) simulator.says(talk.psid, text);
  simulator.releaseDeliveries({ bodies: 'items' });
  await talk.settles();
}

const warnings = (talk: Talk) => talk.warnings().filter((line) => line.includes('(brake)'));

describe('with `gather`', () => {
  test('a burst is one turn; a tap and "stop" are turns of their own', async () => {
    const talk = await startTalk(BURSTS);
    await burst(talk, 'one', 'two', 'three');
    expect(await talk.hears()).toEqual(['3 one / two / three']);
    await burst(talk, 'four', 'stop', 'five');
    expect(await talk.hears()).toEqual(['4 four', '5 stop', '6 five']);
    const { simulator } = talk.stage;
    simulator.says(talk.psid, 'six');
    simulator.getsStarted(talk.psid);
    expect(await talk.hears(2)).toEqual(['7 six', 'tapped GET_STARTED']);
  });

  test('a flood is turns of twenty messages', async () => {
    const talk = await startTalk(BURSTS);
    const texts = Array.from({ length: 25 }, (_, index) => `m${index + 1}`);
    await burst(talk, ...texts);
    expect(await talk.hears(2)).toEqual([`20 ${texts.slice(0, 20).join(' / ')}`, `25 ${texts.slice(20).join(' / ')}`]);
  });

  test('a message alone costs ten events in the history, one timer among them', async () => {
    const talk = await startTalk(BURSTS);
    await talk.says('first');
    const before = (await talk.history()).length;
    await talk.says('second');
    expect((await talk.history()).slice(before)).toEqual([
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'TIMER_STARTED',
      'TIMER_FIRED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'MARKER_RECORDED',
    ]);
  });

  test('a run that is reset gathers the same, and sends nothing twice', async () => {
    const talk = await startTalk(BURSTS);
    await burst(talk, 'one', 'two');
    await talk.says('three');
    expect(await talk.hears()).toEqual(['2 one / two', '3 three']);
    const calls = talk.sends().length;
    const { runId } = await talk.handle().describe();
    await resetRun(talk.stage.client, { workflowId: talk.conversation, runId });
    await talk.says('four');
    expect(await talk.hears()).toEqual(['4 four']);
    expect(talk.sends()).toHaveLength(calls + 1);
  });

  test('an operator who takes over ends the wait', async () => {
    const talk = await startTalk(BURSTS);
    await talk.says('hello');
    talk.stage.simulator.says(talk.psid, 'one');
    talk.stage.simulator.answersFromInbox(talk.psid, 'Ana here');
    await talk.settles();
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'human' });
  });
});

describe('two bots that answer each other', () => {
  test('are stopped: no answer more, a line in the log, a line in the details; a tap ends it', async () => {
    const talk = await startTalk(BURSTS);
    for (let said = 1; said <= 12; said += 1) await talk.says(`Sorry, I did not get that ${said}`);
    expect(await talk.hears()).toHaveLength(10);
    expect(warnings(talk)).toHaveLength(1);
    expect(await talk.details()).toContain('**Brake** on until');
    await talk.getsStarted();
    expect(await talk.hears()).toEqual(['tapped GET_STARTED']);
    expect(await talk.details()).not.toContain('Brake');
    await talk.says('hello');
    expect(await talk.hears()).toHaveLength(1);
  });

  test('are answered again after ten minutes; people who take their time never notice', async () => {
    const talk = await startTalk(BURSTS);
    for (let said = 1; said <= 11; said += 1) await talk.says(`word ${said}`);
    await talk.hears();
    await talk.skip('11 minutes');
    for (let said = 1; said <= 12; said += 1) {
      await talk.says(`word ${said}`);
      await talk.skip('16 seconds');
    }
    expect(await talk.hears()).toHaveLength(12);
  });
});
