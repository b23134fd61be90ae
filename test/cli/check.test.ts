import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, inject, test, vi } from 'vitest';
import { chooseTemporal } from '../../src/cli/temporal-choice.ts';
import { writeDevAddresses } from '../../src/dev/running-dev.ts';
import { startTalk } from '../support/talk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exampleBot, runCli } from './run-cli.ts';

test('check reports the runs that break, saves their histories, and counts runs', async () => {
  const talk = await startTalk('examples/shop/bot.ts');
  await talk.says('hello', 'price', 'ana@shop.example', 'Ana');
  const cwd = temporaryFolder();
  cpSync(dirname(exampleBot), join(cwd, 'shop'), { recursive: true });
  const bot = join(cwd, 'shop', 'bot.ts');
  const env = { TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_NAMESPACE: talk.stage.namespace };

  const good = await runCli(['check', bot, '--save', 'kept'], { cwd, env });
  expect(good.output).toContain('✓ All 2 histories replay with this code.');
  expect(good.output).toContain('spring-offer, version 1: 1 running');
  expect(good.code).toBe(0);
  const files = readdirSync(join(cwd, 'kept')).map((name) => join(cwd, 'kept', name));
  expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);

  writeFileSync(
    bot,
    readFileSync(bot, 'utf8')
      .replace(/ {4}welcome\(.*\n/, '')
      .replace(/ {2}fallback: .*\n/, ''),
  );
  const bad = await runCli(['check', bot, '--histories', 'kept'], { cwd });
  expect(bad.output).toMatch(
    /✗ conversation messenger_\d+_\d+, since .*\n +At no\. 1 of what came in it sent "Hi! Ask me/,
  );
  expect(bad.output).toContain('1 of 2 cannot continue with this code.');
  expect(bad.code).toBe(1);
});

test('check does not pass without histories', async () => {
  const cwd = temporaryFolder();
  for (const folder of ['.', 'nowhere']) {
    const { code, output } = await runCli(['check', exampleBot, '--histories', folder], { cwd });
    expect(output).toContain('No history (*.json) is there; --save writes those of running workflows.');
    expect(code).toBe(1);
  }
});

test('check, doctor and broadcast ask the Temporal of a dev in this folder, unless an address is set, and say so', async () => {
  const cwd = temporaryFolder();
  const folder = join(cwd, '.everthread');
  mkdirSync(folder);
  const url = 'http://127.0.0.1:2';
  const dev = { pid: process.pid, url, operatorUrl: url, temporalAddress: '127.0.0.1:2', temporalUiUrl: '' };
  writeDevAddresses(folder, dev);

  const { output } = await runCli(['check', exampleBot], { cwd });
  expect(output).toContain('Temporal does not answer at 127.0.0.1:2 (of everthread dev in this folder).');

  // The others choose by the same function.
  vi.stubEnv('TEMPORAL_ADDRESS', undefined);
  expect(chooseTemporal([], folder).settings.connection.address).toBe('127.0.0.1:2');
  expect(chooseTemporal([], cwd).label).toBe('localhost:7233 (the default, TEMPORAL_ADDRESS is not set)');
  vi.stubEnv('TEMPORAL_ADDRESS', 'temporal:7233');
  expect(chooseTemporal([], folder)).toMatchObject({
    settings: { connection: { address: 'temporal:7233' } },
    label: "temporal:7233 (TEMPORAL_ADDRESS, or Temporal's profile)",
  });
});

test('check reports that it needs a server or files', async () => {
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const { code, output } = await runCli(['check', exampleBot], { cwd: temporaryFolder(), env });
  expect(output).toContain("Temporal does not answer at 127.0.0.1:1 (TEMPORAL_ADDRESS, or Temporal's profile).");
  expect(code).toBe(1);
});
