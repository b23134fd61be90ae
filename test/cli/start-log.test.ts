/** `everthread start` with a bot that prints, fails and looks around: what its log and its activities get to see. */

import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { endAllKillables, startKillable, type KillableProcess } from '../chaos/support/killable-process.ts';
import { timeout } from '../chaos/support/short-runs.ts';
import { startChaosStage, type ChaosStage } from '../chaos/support/stage.ts';

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

let stage: ChaosStage;
let start: KillableProcess;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  stage = await startChaosStage(inject('temporalCli'));
  const ofAuthor = { OPENAI_API_KEY: 'the-authors-own', LOUD_SETTING: 'on' };
  env = { ...stage.env, ...ofAuthor, LOG_LEVEL: 'info', MESSENGER_PGE_ID: '1' };
  start = startKillable(['start', LOUD], env, stage.folder);
  await start.untilPrinted('The worker is ready');
}, timeout);

afterAll(async () => {
  await endAllKillables();
  await stage.close();
});

const answersTo = (psid: string) =>
  stage.simulator.thread(psid).bubbles.filter(({ author }) => author === 'bot').length;
const untilAnswered = (psid: string, count: number) =>
  vi.waitUntil(() => answersTo(psid) === count, { timeout: 60_000 });

test(
  'activities see no secret of everthread in their environment, and all variables of their author',
  { timeout },
  async () => {
    const { psid } = stage.simulator.addPerson();
    stage.simulator.says(psid, 'environment');
    await start.untilPrinted('"msg":"environment"');

    const line = linesOf(start.output()).find(({ msg }) => msg === 'environment');
    expect(line?.names).toEqual(
      expect.arrayContaining(['OPENAI_API_KEY', 'LOUD_SETTING', 'PATH', 'MESSENGER_PAGE_ID']),
    );
    const hidden = ['MESSENGER_VERIFY_TOKEN', 'MESSENGER_APP_SECRET', 'MESSENGER_PAGE_ACCESS_TOKEN', 'DATABASE_URL'];
    for (const name of hidden) {
      expect(line?.names).not.toContain(name);
      const value = env[name];
      if (value) expect(JSON.stringify(line?.values)).not.toContain(value);
    }
    // The worker has them all the same: the answer goes out.
    await untilAnswered(psid, 1);
    // A new worker gets them from `start`.
    process.kill(start.workerPid(), 'SIGKILL');
    await start.untilPrinted('The worker is ready', 2);
    stage.simulator.says(psid, 'hello again');
    await untilAnswered(psid, 2);
  },
);

test(
  'every line of the log is one JSON object, whatever the bot prints or throws, also while Temporal is away',
  { timeout },
  async () => {
    for (const text of ['print', 'fail', 'throw', 'hello']) {
      const { psid } = stage.simulator.addPerson();
      stage.simulator.says(psid, text);
      await untilAnswered(psid, 1);
    }
    await stage.restartTemporal(async () => {
      await vi.waitUntil(() => linesOf(start.output()).some(({ component }) => component === 'temporal'), {
        timeout: 30_000,
      });
    });
    expect(await start.stop()).toBe(0);

    const lines = linesOf(start.output());
    for (const line of lines)
      expect(line).toMatchObject({
        level: expect.any(Number) as number,
        time: expect.any(Number) as number,
        msg: expect.any(String) as string,
      });
    // JSON writes ESC as \u001b: a terminal that shows the log is not told anything by it.
    expect(start.output()).not.toContain('\u001B');
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
