/** Moving time on the real server where the machine is slow, or somebody writes in the same moment. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createTimeMachine } from '../../src/temporal/time-machine/index.ts';
import { startStage } from '../support/stage.ts';
import { startTalk, type Talk, until } from '../support/talk.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** As the server writes them down: what was asked for, and what was done. */
const MOVES = new Set(['WORKFLOW_EXECUTION_OPTIONS_UPDATED', 'WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED']);

/** A client in whose calls that move time something comes first. */
function hindered(client: Client, before: () => Promise<void>): Client {
  const { workflowService } = client;
  const service = new Proxy(workflowService, {
    get(target, key) {
      if (key !== 'updateWorkflowExecutionOptions') return Reflect.get(target, key, target) as unknown;
      return async (...args: Parameters<typeof target.updateWorkflowExecutionOptions>) => {
        await before();
        return target.updateWorkflowExecutionOptions(...args);
      };
    },
  });
  return new Proxy(client, {
    get: (target, key) => (key === 'workflowService' ? service : (Reflect.get(target, key, target) as unknown)),
  });
}

/** A stage with a time machine whose every move waits for this. */
async function hinderedStage(before: (talk: Talk) => Promise<void>) {
  const stage = await startStage({ bot: 'test/support/bots/probe/bot.ts', temporalAddress: inject('temporalAddress') });
  onTestFinished(() => stage.stop());
  const talk = await startTalk('', { stage });
  const { clock, moveClock } = stage.simulator;
  const machine = createTimeMachine({ client: hindered(stage.client, () => before(talk)), clock, moveClock });
  return { talk, skip: (ms: number) => machine.skip(talk.conversation, ms) };
}

/** How far the clock of the conversation is from the person's. */
async function apartMs(talk: Talk): Promise<number> {
  const before = talk.now();
  await talk.says('now');
  const said = await talk.hears();
  return Number(said.at(-1)?.replace('now ', '')) - before;
}

test('a move that comes late ends with the first timer: nobody is at work while the server still skips', async () => {
  let isLate = true;
  const { talk, skip } = await hinderedStage(async () => {
    if (isLate) await delay(1500);
    isLate = false;
  });
  await talk.says(`wake ${4 * MINUTE_MS} tea`, `wake ${10 * HOUR_MS} cake`);
  await skip(4.5 * MINUTE_MS);
  const moves = (await talk.history()).filter((type) => MOVES.has(type));
  expect(moves).toEqual(moves.map((_, index) => [...MOVES][index % MOVES.size]));
  expect(await talk.hears()).toEqual(['woke tea']);
  expect(Math.abs(await apartMs(talk))).toBeLessThan(MINUTE_MS / 4);
});

test('what is asked for in the moment of a move happens on its way, and the conversation comes along', async () => {
  let hasSaid = false;
  const { talk, skip } = await hinderedStage(async (person) => {
    if (hasSaid) return;
    hasSaid = true;
    for (const text of [`wake ${MINUTE_MS} tea`, `wake ${2 * MINUTE_MS} cake`, 'ready']) {
      person.stage.simulator.says(person.psid, text);
    }
    await until(() => person.bubbles().some(({ author }) => author === 'bot'));
  });
  await talk.says(`wake ${10 * HOUR_MS} late`);
  await skip(4 * MINUTE_MS);
  expect(await talk.hears()).toEqual(['4 ready', 'woke tea', 'woke cake']);
  expect(Math.abs(await apartMs(talk))).toBeLessThan(MINUTE_MS / 4);
});
