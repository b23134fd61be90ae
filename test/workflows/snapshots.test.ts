/** What is left of a conversation whose workflow ended in another way than by closing. */

import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { startEmbeddedTemporal } from '../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { openSequencesQuery, sequenceId } from '../../src/workflows/contract/index.ts';
import { startStage } from '../support/stage.ts';
import { startTalk, until, type Talk } from '../support/talk.ts';

const PROBE = 'test/support/bots/probe/bot.ts';
const HOUR = 3_600_000;

async function terminate(talk: Talk): Promise<void> {
  await talk.handle().terminate('by an operator');
  await until(async () => (await talk.status()) === 'TERMINATED');
}

const openSequences = (talk: Talk) => talk.handle().query(openSequencesQuery);

describe('a conversation that was terminated after a quiet time', () => {
  test('goes on with its plugin states, tags and wake-ups at the next message', async () => {
    const talk = await startTalk(PROBE);
    const neighbour = await startTalk(PROBE);
    await talk.says('one', 'tag regular', `wake ${2 * HOUR} tea`);
    await talk.skip('6 minutes');
    await terminate(talk);
    await neighbour.says('one');
    expect(await neighbour.hears()).toEqual(['1 one']);

    await talk.says('two');
    expect(await talk.hears()).toEqual(['1 one', '4 two']);
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'bot', Tags: ['regular'] });
    expect(await talk.details()).toContain('one');
    await talk.skip('3 hours');
    expect(await talk.hears()).toEqual(['woke tea']);
  });

  test('stays with the operator who had taken over, until their time is up', async () => {
    const talk = await startTalk(PROBE);
    await talk.says(`hand ${3 * HOUR}`);
    await talk.skip('6 minutes');
    await terminate(talk);
    await talk.says('anybody?');
    expect(await talk.hears()).toEqual(['to human: asked']);
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'human' });

    await talk.skip('6 minutes');
    await terminate(talk);
    await talk.skip('4 hours');
    await talk.says('and now?');
    expect(await talk.hears()).toEqual(['to bot: time is up', '3 and now?']);
  });

  test('believes only those of its sequences that are running', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('start long', 'start nap');
    expect(await talk.hears()).toEqual(['started', 'started']);
    await talk.skip('6 minutes');
    await terminate(talk);
    // It cannot report its end to the conversation.
    await talk.stage.client.workflow.getHandle(sequenceId('nap', talk.conversation)).signal('stop', 'test');

    await talk.says('hello');
    expect(await openSequences(talk)).toEqual(['long']);
    await talk.stage.client.workflow.getHandle(sequenceId('long', talk.conversation)).terminate('test');
    await talk.skip('6 minutes');
    await terminate(talk);
    await talk.says('start long', 'start nap');
    expect(await talk.hears()).toEqual(['3 hello', 'started', 'started']);
  });

  test('is found as it was at its last quiet time, and its sends after that are not repeated', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await talk.skip('6 minutes');
    await talk.says('two');
    await terminate(talk);
    await talk.says('three');
    expect(await talk.hears()).toEqual(['1 one', '2 two', '2 three']);
  });
});

describe('a conversation that is cancelled', () => {
  test('saves its state at once, and ends as cancelled', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one', 'tag regular');
    await talk.handle().cancel();
    await until(async () => (await talk.status()) === 'CANCELLED');
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'idle' });
    await talk.says('two');
    expect(await talk.hears()).toEqual(['1 one', '3 two']);
  });

  test('finishes the turn it is in, and passes on what waits: nobody is answered twice or not at all', async () => {
    const talk = await startTalk(PROBE);
    const neighbour = await startTalk(PROBE);
    await talk.says('one');
    talk.stage.simulator.fault({ kind: 'slow', ms: 700, psid: talk.psid });
    talk.stage.simulator.says(talk.psid, 'two');
    await until(async () => (await talk.handle().describe()).raw.pendingWorkflowTask != null);
    for (const word of ['three', 'four', 'five']) talk.stage.simulator.says(talk.psid, word);
    // A message that comes after its end begins the next run, so that this one is looked at by its id.
    const { runId } = await talk.handle().describe();
    const run = talk.stage.client.workflow.getHandle(talk.conversation, runId);
    await run.cancel();
    await neighbour.says('one');
    expect(await neighbour.hears()).toEqual(['1 one']);
    await until(async () => (await run.describe()).status.name === 'CANCELLED');
    await talk.says('last');
    expect(await talk.hears(6)).toEqual(['1 one', '2 two', '3 three', '4 four', '5 five', '6 last']);
  });
});

test('people are known again after the Temporal server has lost everything', async () => {
  const port = await freePort();
  const cli = inject('temporalCli');
  let server = await startEmbeddedTemporal({ cli, port, log: () => {} });
  onTestFinished(() => server.stop());
  const stage = await startStage({ bot: PROBE, temporalAddress: server.address });
  onTestFinished(() => stage.stop());
  const talk = await startTalk(PROBE, { stage });
  const busy = await startTalk(PROBE, { stage });
  await talk.says('one', 'tag regular', 'start long', 'start once');
  await busy.says('one');
  await talk.skip('6 minutes');

  await server.stop();
  server = await startEmbeddedTemporal({ cli, port, log: () => {} });
  await stage.client.workflowService.registerNamespace({
    namespace: stage.namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  await stage.restartWorker();

  await busy.says('two');
  expect(await busy.hears(2)).toEqual(['1 one', '1 two']);
  await talk.says('two', 'start long', 'start once');
  const heard = await talk.hears();
  // A sequence speaks when it begins, while the turn that started it may still be sending: neither waits for the other.
  expect(heard.filter((text) => text === 'only once')).toHaveLength(1);
  expect(heard.filter((text) => text !== 'only once')).toEqual([
    '1 one',
    'started',
    'started',
    '5 two',
    'started',
    'already_ran',
  ]);
  expect(await openSequences(talk)).toEqual(['long']);
});
