import { createServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exampleBot, runCli } from './run-cli.ts';

test.each(createProgram().commands.map((command) => command.name()))(
  '%s --help says what it does and shows an example',
  (name) => {
    const command = createProgram().commands.find((candidate) => candidate.name() === name);
    let output = '';
    command?.configureOutput({ writeOut: (text) => void (output += text) }).outputHelp();
    expect(output).toMatch(new RegExp(`^Usage: everthread ${name} `, 'm'));
    expect(output).toMatch(/^Example:\n {2}.*everthread /m);
  },
);

test('--help lists the commands', async () => {
  const { code, output } = await runCli(['--help'], { cwd: temporaryFolder() });
  expect(code).toBe(0);
  for (const command of createProgram().commands) expect(output).toContain(`\n  ${command.name()} `);
});

test('start without settings reports all missing settings at once', async () => {
  const { code, output } = await runCli(['start', exampleBot], { cwd: temporaryFolder() });
  expect(code).toBe(1);
  for (const name of ['VERIFY_TOKEN', 'APP_SECRET', 'PAGE_ACCESS_TOKEN', 'PAGE_ID']) {
    expect(output).toContain(`MESSENGER_${name} is missing.`);
  }
  expect(output).not.toMatch(/^ +at /m);
});

test('a port set by hand that is taken is refused in one line', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  const { code, output } = await runCli(['dev', exampleBot], {
    cwd: temporaryFolder(),
    env: { PORT: String(port), TEMPORAL_CLI: inject('temporalCli') },
  });
  server.close();
  expect(code).toBe(1);
  expect(output.trim().split('\n')).toEqual([
    expect.stringContaining(`PORT is ${port}, and something on this machine`),
  ]);
});

test('a missing bot file is named, with the cure', async () => {
  const { code, output } = await runCli(['dev', 'nowhere/bot.ts'], { cwd: temporaryFolder() });
  expect(code).toBe(1);
  expect(output).toContain('There is no bot at ');
  expect(output).toContain('nowhere/bot.ts');
});
