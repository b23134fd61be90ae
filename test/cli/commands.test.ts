import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { COMMAND_NAMES, createProgram } from '../../src/cli/program.ts';
import { startWorkerProcess } from '../../src/cli/worker-process.ts';
import { everthread } from '../support/compiled.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exampleBot, runCli } from './run-cli.ts';

test.each(COMMAND_NAMES)('%s --help says what it does and shows an example', async (name) => {
  const command = (await createProgram([name])).commands.find((candidate) => candidate.name() === name);
  let output = '';
  command?.configureOutput({ writeOut: (text) => void (output += text) }).outputHelp();
  expect(output).toMatch(new RegExp(`^Usage: everthread ${name} `, 'm'));
  expect(output).toMatch(/^Example:\n {2}.*everthread /m);
});

test('--help lists the commands', async () => {
  const { code, output } = await runCli(['--help'], { cwd: temporaryFolder() });
  expect(code).toBe(0);
  for (const name of COMMAND_NAMES) expect(output).toContain(`\n  ${name} `);
});

/** Each of them takes longer to load than everything else of a short command. */
const HEAVY = [
  '@temporalio/client',
  '@temporalio/core-bridge',
  '@temporalio/worker',
  '@grpc/grpc-js',
  'webpack',
  'fastify',
];

test.each([
  ['--help'],
  ['leads'],
  ['leads', '--help'],
  ['contacts'],
  ['funnel'],
  ['dead', 'list'],
  ['pages', '--help'],
  ['subscribe', '--help'],
  ['profile', '--help'],
])('a short command loads neither Temporal nor the bundler nor a web server: %s %s', async (...args) => {
  const cwd = temporaryFolder();
  const report = join(cwd, 'report.mjs');
  writeFileSync(report, REPORT_LOADED_PACKAGES);
  const { code, output } = await runCli(args, { cwd, program: ['--import', report, ...everthread()] });
  expect(code).toBe(0);
  const loaded = JSON.parse(/^LOADED (.*)$/m.exec(output)?.[1] ?? '') as string[];
  expect(loaded).toContain('commander');
  expect(loaded.filter((name) => HEAVY.includes(name))).toEqual([]);
});

test('everthread/testing loads them with the first conversation, while Temporal starts', async () => {
  const cwd = temporaryFolder();
  const report = join(cwd, 'report.mjs');
  writeFileSync(report, REPORT_LOADED_PACKAGES);
  const testing = join(dirname(everthread().at(-1) ?? ''), '..', 'testing', 'index.js');
  const program = ['--import', report, '--input-type=module', '--eval', `await import(${JSON.stringify(testing)})`];
  const { code, output } = await runCli([], { cwd, program });
  expect(code).toBe(0);
  const loaded = JSON.parse(/^LOADED (.*)$/m.exec(output)?.[1] ?? '') as string[];
  expect(loaded.filter((name) => HEAVY.includes(name))).toEqual([]);
});

/** Ends what a failed test left behind. */
function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing was left.
  }
}

/** All of {@link HEAVY} are CommonJS, so that they are in the cache of `require`, whoever has imported them. */
const REPORT_LOADED_PACKAGES = `
import { createRequire } from 'node:module';
const { cache } = createRequire(import.meta.url);
process.on('exit', () => {
  const names = Object.keys(cache).flatMap((path) => /.*node_modules[\\\\/]((?:@[^\\\\/]+[\\\\/])?[^\\\\/]+)/.exec(path)?.[1] ?? []);
  console.log('LOADED ' + JSON.stringify([...new Set(names)].map((name) => name.replace('\\\\', '/'))));
});
`;

test('a SIGTERM that npm passes on to its shell ends the command, and nothing is printed besides', async () => {
  const env = {
    npm_command: 'exec',
    MESSENGER_VERIFY_TOKEN: 'verify-token',
    MESSENGER_APP_SECRET: 'app-secret',
    MESSENGER_PAGE_ID: '104857600123456',
    MESSENGER_PAGE_ACCESS_TOKEN: 'page-token',
  };
  const command = ['simulator', '--webhook', 'http://127.0.0.1:9/webhook', '--port', '0', '--file', ':memory:'];
  // As npm does it: a shell that waits for the command, and does not pass signals on.
  const shell = spawn('sh', ['-c', '"$0" "$@"; true', process.execPath, ...everthread(), ...command], {
    cwd: temporaryFolder(),
    env: { ...process.env, ...env },
    detached: true,
  });
  onTestFinished(() => endGroup(shell.pid));
  let output = '';
  shell.stderr.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  await once(shell.stdout, 'data');
  shell.kill('SIGTERM');
  // The command's end closes the pipes that it shares with the shell.
  await once(shell, 'close');
  expect(output).toBe('');
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

test('a worker process that the system cannot start ends the start with the reason', async () => {
  const { execPath } = process;
  onTestFinished(() => void (process.execPath = execPath));
  process.execPath = '/nowhere/node';
  const worker = startWorkerProcess('bot.ts', { log: { info: () => {}, error: () => {} } });
  await expect(worker.failed).rejects.toThrow('spawn /nowhere/node ENOENT');
  await worker.stop();
});

test('a missing bot file is named, with the cure', async () => {
  const { code, output } = await runCli(['dev', 'nowhere/bot.ts'], { cwd: temporaryFolder() });
  expect(code).toBe(1);
  expect(output).toContain('There is no bot at ');
  expect(output).toContain('nowhere/bot.ts');
});
