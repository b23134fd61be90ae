/** `everthread record`: a conversation of a store as a test, and what today's code would say differently. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, inject, test } from 'vitest';
import { readTestFile } from '../../src/recording/read-test-file.ts';
import { startTalk } from '../support/talk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCli } from './run-cli.ts';

const BOT = 'test/support/bots/echo/bot.ts';
const OTHER_BOT = 'test/support/bots/echo/other-bot.ts';

test('a conversation is recorded without what is personal, and compared with the same code and with other code', async () => {
  const talk = await startTalk(BOT, { startsAt: '10:00', person: { firstName: 'Beatriz', lastName: 'Lopes' } });
  await talk.says('name');
  await talk.says('beatriz@shop.example, +351 912 345 678, order #4711');
  await talk.says('later');
  await talk.skip('2 hours');
  expect(talk.heard()).toContain('Still there?');

  const cwd = temporaryFolder();
  const env = { DATABASE_URL: talk.stage.databaseUrl, EVERTHREAD_TEST_TEMPORAL: inject('temporalAddress') };
  const written = await runCli(['record', talk.conversation, './bot.ts', '--out', 'x.test.ts'], { cwd, env });
  expect(written).toMatchObject({ code: 0, output: expect.stringContaining('Wrote x.test.ts: 4 steps.') });
  const source = readFileSync(join(cwd, 'x.test.ts'), 'utf8');
  expect(source).not.toMatch(/beatriz|lopes|912|4711|shop\.example/i);
  expect(source).toContain("simulate('./bot.ts'");
  const { person, steps } = readTestFile(source);
  expect(person).toMatchObject({ firstName: 'Robin', lastName: 'Sample' });
  expect(steps.map(({ does, heard }) => [does, heard])).toEqual([
    ['says', ['You are Robin.']],
    ['says', ['person1@example.com, +300 000 000 001, order #4002']],
    ['says', []],
    ['skip', ['Still there?']],
  ]);

  const compared = (bot: string) => runCli(['record', talk.conversation, resolve(bot), '--compare'], { cwd, env });
  const [same, other] = [await compared(BOT), await compared(OTHER_BOT)];
  expect(same).toMatchObject({ code: 0, output: expect.stringContaining('says the same in all 4 steps.') });
  expect(other.code).toBe(1);
  expect(other.output).toContain('1. says("name")\n   was:      "You are Robin."\n   would be: "Hello Robin!"\n');
  expect(other.output).toContain('something else in 1 of 4 steps.');
  expect(other.output).not.toMatch(/beatriz|912/i);
});

test('a conversation that the store does not know', async () => {
  const options = { cwd: temporaryFolder() };
  const [unknown, noId] = [
    await runCli(['record', 'messenger:1:2'], options),
    await runCli(['record', 'Ana'], options),
  ];
  expect(unknown).toMatchObject({
    code: 1,
    output: expect.stringContaining('The store has no step of messenger:1:2.'),
  });
  expect(noId).toMatchObject({ code: 1, output: expect.stringContaining('"Ana" is no conversation id.') });
});
