/** `everthread start` with a bot that prints, fails and looks around: what its log and its activities get to see. */

import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startKillable } from '../chaos/support/killable-process.ts';
import { aChaosStage, timeout } from '../chaos/support/short-runs.ts';

const LOUD = join(import.meta.dirname, '..', 'support', 'bots', 'loud', 'bot.ts');

interface Line {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  readonly component?: string;
  readonly error?: string;
  readonly output?: string;
  readonly names?: string[];
  readonly values?: string[];
}

function linesOf(output: string): Line[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

test(
  'every line of the log is one JSON object, whatever the bot prints or throws, also while Temporal is away',
  { timeout },
  async () => {
    const stage = await aChaosStage();
    const killable = startKillable(
      ['start', LOUD],
      { ...stage.env, LOG_LEVEL: 'info', MESSENGER_PGE_ID: '1' },
      stage.folder,
    );
    await killable.untilPrinted('The worker is ready');
    const people = ['print', 'fail', 'throw'].map((text) => {
      const { psid } = stage.simulator.addPerson();
      stage.simulator.says(psid, text);
      return psid;
    });
    const { psid: neighbour } = stage.simulator.addPerson();
    stage.simulator.says(neighbour, 'hello');
    const heard = (psid: string) =>
      stage.simulator.thread(psid).bubbles.filter(({ author }) => author === 'bot').length;
    await vi.waitUntil(() => [...people, neighbour].every((psid) => heard(psid) === 1), { timeout: 60_000 });
    await stage.restartTemporal(async () => {
      await vi.waitUntil(() => linesOf(killable.output()).some(({ component }) => component === 'temporal'), {
        timeout: 30_000,
      });
    });
    expect(await killable.stop()).toBe(0);

    const lines = linesOf(killable.output());
    for (const line of lines)
      expect(line).toMatchObject({
        level: expect.any(Number) as number,
        time: expect.any(Number) as number,
        msg: expect.any(String) as string,
      });
    // JSON writes ESC as \u001b: a terminal that shows the log is not told anything by it.
    expect(killable.output()).not.toContain('\u001B');
    for (const { msg } of lines) expect(msg).not.toMatch(/imitation|everything is lost|says:/);
    const outputs = lines.flatMap(({ output, component }) => (output === undefined ? [] : [`${component}: ${output}`]));
    expect(outputs).toEqual(
      expect.arrayContaining([
        'bot: printed while the bot is loaded\nin two lines',
        'bot: \u001B[1mprinted by a hook\n{"level":60,"msg":"an imitation"}',
        expect.stringContaining('[31mfirst line\n{"level":60,"time":1') as string,
      ]),
    );
    const errors = lines.flatMap(({ error }) => error ?? []).join('\n');
    expect(errors).toContain('The hook says:\n{"level":60,"msg":"an imitation"}');
    expect(errors).toContain('The activity says:\n');
    expect(errors).toContain('a warning of a library\nof two lines');
    expect(lines.some(({ msg }) => msg.startsWith('MESSENGER_PGE_ID is no variable'))).toBe(true);
  },
);

test(
  'activities see no secret of everthread in their environment, and all variables of their author',
  { timeout },
  async () => {
    const stage = await aChaosStage();
    const secrets = {
      LEADS_WEBHOOK_URL: 'https://leads.example/secret-path',
      LEADS_WEBHOOK_SECRET: 'a-leads-webhook-secret',
    };
    const env = { ...stage.env, ...secrets, LOG_LEVEL: 'info', OPENAI_API_KEY: 'the-authors-own', LOUD_SETTING: 'on' };
    const killable = startKillable(['start', LOUD], env, stage.folder);
    await killable.untilPrinted('The worker is ready');
    const { psid } = stage.simulator.addPerson();
    stage.simulator.says(psid, 'environment');
    await killable.untilPrinted('"msg":"environment"');

    const line = linesOf(killable.output()).find(({ msg }) => msg === 'environment');
    expect(line?.names).toEqual(
      expect.arrayContaining(['OPENAI_API_KEY', 'LOUD_SETTING', 'PATH', 'MESSENGER_PAGE_ID']),
    );
    const hidden = [
      'MESSENGER_VERIFY_TOKEN',
      'MESSENGER_APP_SECRET',
      'MESSENGER_PAGE_ACCESS_TOKEN',
      'DATABASE_URL',
      'LEADS_WEBHOOK_URL',
      'LEADS_WEBHOOK_SECRET',
    ] as const;
    for (const name of hidden) {
      expect(line?.names).not.toContain(name);
      const value = (env as Record<string, string>)[name];
      if (value) expect(JSON.stringify(line?.values)).not.toContain(value);
    }
    // The worker has them all the same: the answer goes out.
    await vi.waitUntil(() => stage.simulator.thread(psid).bubbles.some(({ author }) => author === 'bot'), {
      timeout: 30_000,
    });
    // A new worker gets them from `start`.
    process.kill(killable.workerPid(), 'SIGKILL');
    await killable.untilPrinted('The worker is ready', 2);
    stage.simulator.says(psid, 'hello again');
    await vi.waitUntil(
      () => stage.simulator.thread(psid).bubbles.filter(({ author }) => author === 'bot').length === 2,
      {
        timeout: 30_000,
      },
    );
    expect(await killable.stop()).toBe(0);
  },
);
