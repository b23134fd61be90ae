/** The steps of a talk, what they say of slips, and when what a talk runs on goes. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, inject, test, vi } from 'vitest';
import { simulate, type FailureName, type SimulateOptions } from '../../src/testing/index.ts';
import { acquireStage } from '../../src/testing/stage/stage-pool.ts';

const PROBE = 'test/support/bots/probe/bot.ts';
const begin = (options?: SimulateOptions) => simulate(PROBE, { temporal: inject('temporalAddress'), ...options });

describe('a person', () => {
  test('comes by links, reacts, sends files, and blocks the Page', async () => {
    const talk = await begin({ person: { firstName: 'Rui' } });
    await talk.getsStarted('spring');
    await talk.reacts('love');
    await talk.opensLink('autumn');
    await talk.clicksAd('winter');
    await talk.sendsMedia('image');
    expect(talk.heard()).toEqual(['tapped GET_STARTED', 'event reaction', 'event referral', 'event referral', '1 ']);

    await talk.says('start nap');
    await talk.blocks();
    await talk.skip('2 hours');
    expect(talk.heard()).toEqual(['started']);
    expect(await talk.sequence('nap').result()).toBe('finished; 1 send refused: person_unavailable');
    await talk.unblocks();
    await talk.says('hello');
    expect(talk.heard()).toEqual(['3 hello']);
    expect(await talk.leads()).toEqual([]);
  });

  test('is answered by an operator who takes over and gives back', async () => {
    const talk = await begin();
    await talk.says('hello');
    await talk.takesOver();
    await talk.says('anybody?');
    expect(talk.heard()).toEqual(['1 hello', 'to human: a colleague answers']);
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'human' });
    await talk.givesBack();
    expect(talk.heard()).toEqual(['to bot: given back']);
  });
});

test('a template is sent once Meta has approved it', async () => {
  const talk = await begin();
  await talk.says('template visit_reminder Friday');
  expect(talk.heard()).toEqual(['failed: bad_request']);
  talk.approves({ name: 'visit_reminder', body: 'See you on {{day}}.' });
  await talk.says('template visit_reminder Friday');
  expect(talk.heard()).toEqual(['See you on Friday.']);
});

test('named failures reach the bot as they would from Meta', async () => {
  const talk = await begin();
  const delivered: FailureName[] = ['answer lost', 'temporary failure', 'slow'];
  for (const name of delivered) {
    talk.fails(name);
    await talk.says(`try ${name}`);
  }
  expect(talk.heard()).toEqual(delivered.map((name, index) => `${index + 1} try ${name}`));

  talk.fails('bad request');
  await talk.says('lost');
  talk.fails({ kind: 'error', code: 100, subcode: 2018109 }, 2);
  await talk.says('lost as well');
  await talk.says('and this');
  expect(talk.heard()).toEqual([]);
  await talk.says('again');
  expect(talk.heard()).toEqual(['7 again']);
});

describe('a mistake in a test', () => {
  test('is reported with the cure', async () => {
    const talk = await begin({ startsAt: '09:30' });
    expect(new Date(talk.now()).toISOString()).toContain('T09:30');
    await expect(talk.takesOver()).rejects.toThrow('The person has not written to the bot yet');
    await expect(talk.taps('Yes')).rejects.toThrow('sees no "Yes" to tap; there is: nothing.');
    await expect(talk.skip('3 fortnights' as '3 days')).rejects.toThrow('fortnights');
    await expect(talk.skip(-5)).rejects.toThrow('skip(-5): time only moves forward.');
    expect(() => talk.fails('rain' as 'slow')).toThrow('There is no failure called "rain". There are: "rate limited"');
    expect(await talk.sequence('nap').status()).toBe('NOT_STARTED');
    await talk.end();
    await expect(talk.says('hello')).rejects.toThrow('This conversation has ended.');
  });

  test('is reported for options of simulate, too', async () => {
    await expect(begin({ startsAt: '25:00' })).rejects.toThrow('startsAt is "25:00". Write an hour of the day');
    const missing = simulate('no/bot.ts', { temporal: inject('temporalAddress') });
    await expect(missing).rejects.toThrow('There is no bot at');
  });
});

test('conversations with the same bot share a stage, which stops shortly after the last', async () => {
  const bot = resolve('test/support/bots/week/bot.ts');
  const options = {
    bot,
    temporalAddress: inject('temporalAddress'),
    bundleFolder: resolve('.everthread/testing/bundles'),
  };
  const leftover = mkdtempSync(join(tmpdir(), `everthread-stage-${await deadPid()}-`));
  const one = await acquireStage(options);
  expect(existsSync(leftover)).toBe(false);
  const two = await acquireStage(options);
  expect(two.stage).toBe(one.stage);
  const talk = await simulate(pathToFileURL(bot), { temporal: options.temporalAddress });
  one.release();
  two.release();
  await talk.says('price');
  expect(talk.heard()).toEqual(['Nine euros.']);

  await talk.end();
  const answers = () =>
    fetch(`${one.stage.url}/healthz`).then(
      ({ status }) => status,
      () => 'gone',
    );
  expect(await answers()).toBe(200);
  await vi.waitFor(async () => expect(await answers()).toBe('gone'), { timeout: 20_000, interval: 50 });

  const three = await acquireStage(options);
  expect(three.stage).not.toBe(one.stage);
  three.release();
});

/** Of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}
