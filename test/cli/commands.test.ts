import { createServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exampleBot, runCli } from './run-cli.ts';

test.each(['dev', 'start', 'api', 'worker', 'simulator', 'demo', 'doctor', 'pages', 'subscribe', 'profile'])(
  '%s --help says what it does and shows an example',
  async (command) => {
    const { code, output } = await runCli([command, '--help'], { cwd: temporaryFolder() });
    expect(code).toBe(0);
    expect(output).toMatch(new RegExp(`^Usage: everthread ${command} `, 'm'));
    expect(output).toMatch(/^Example:\n {2}.*everthread /m);
  },
);

test('start without settings lists everything that is missing in one report', async () => {
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

test('a bot that is not there is named, with the cure', async () => {
  const { code, output } = await runCli(['dev', 'nowhere/bot.ts'], { cwd: temporaryFolder() });
  expect(code).toBe(1);
  expect(output).toContain('There is no bot at ');
  expect(output).toContain('nowhere/bot.ts');
});
