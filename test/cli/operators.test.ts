import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { everthread } from '../support/compiled.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCli } from './run-cli.ts';

/** Both streams apart, and stdin. */
async function run(cwd: string, args: readonly string[], input = '') {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...everthread(), 'operators', ...args], { cwd, env: { PATH, HOME } });
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, code: child.exitCode };
}

test('operators are added, listed, disabled and enabled, and a token is all that stdout has', async () => {
  const cwd = temporaryFolder();
  expect((await run(cwd, ['list'])).stderr).toContain('There is no operator. The store that was read is');

  const added = await run(cwd, ['add', 'Ada L', '--role', 'admin', '--password-stdin'], 'correct horse battery\n');
  expect([added.code, added.stdout, added.stderr]).toEqual([0, '', 'Added "Ada L" as admin.\n']);
  // No terminal, so that nobody can be asked: tokens only.
  const robot = await run(cwd, ['add', 'robot', '--page', '104857600123456', '104857600999999']);
  expect(robot.stderr).toContain('Make a token with: everthread operators token "robot"');

  expect((await run(cwd, ['list'])).stdout).toBe(
    'Ada L  admin  all Pages\nrobot  agent  Pages 104857600123456, 104857600999999  tokens only\n',
  );
  const token = await run(cwd, ['token', 'ROBOT']);
  expect(token.stdout).toMatch(/^evt_[\w-]{43}\n$/);
  const store = await openStore(`file:${cwd}/.everthread/store.db`);
  expect(await store.operators.findByToken(token.stdout.trim(), Date.now())).toMatchObject({ name: 'robot' });
  expect(await store.operators.findByPassword('ada l', 'correct horse battery')).toMatchObject({ role: 'admin' });
  await store.close();
  const prefix = token.stdout.slice(0, 12);
  expect((await run(cwd, ['token', 'robot', '--list'])).stdout).toContain(`${prefix}…  made `);
  expect((await run(cwd, ['token', 'robot', '--revoke', prefix])).code).toBe(0);
  expect((await run(cwd, ['token', 'robot', '--revoke', prefix])).stderr).toContain('has no token that begins with');

  expect((await run(cwd, ['disable', 'ada l'])).code).toBe(0);
  const listed = JSON.parse((await run(cwd, ['list', '--json'])).stdout.split('\n')[0] ?? '') as object;
  expect(listed).toMatchObject({ name: 'Ada L', hasPassword: true, disabled: expect.stringMatching(/^\d{4}-/) });
  expect((await run(cwd, ['enable', 'Ada L'])).code).toBe(0);
});

test('what cannot be an operator is refused with the cure', async () => {
  const cwd = temporaryFolder();
  await run(cwd, ['add', 'Ada']);
  const cases: [string[], string, string][] = [
    [['add', 'ADA'], '', 'There is an operator "ADA" already'],
    [['add', 'a\u001b[2Jb'], '', 'is no name for an operator'],
    [['add', 'two  spaces'], '', 'is no name for an operator'],
    [['add', ''], '', 'is no name for an operator'],
    [['add', 'x'.repeat(65)], '', 'is no name for an operator'],
    [['add', 'Ben', '--role', 'god'], '', 'Allowed choices are viewer, agent, admin'],
    [['add', 'Ben', '--page', 'shop'], '', 'Write ids of Pages'],
    [['add', 'Ben', '--password-stdin'], 'short\n', 'The password has 5 characters. Take 12 to 256'],
    [['add', 'Ben', '--password-stdin'], '\n', 'stdin has no password'],
    [['token', 'nobody'], '', 'There is no operator "nobody". Run everthread operators list.'],
    [['disable', 'nobody'], '', 'There is no operator "nobody".'],
  ];
  for (const [args, input, expected] of cases) {
    const { code, stderr, stdout } = await run(cwd, args, input);
    expect([args, code, stdout]).toEqual([args, 1, '']);
    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(/^ +at /m);
  }
  expect((await run(cwd, ['list'])).stdout).toBe('Ada  agent  all Pages  tokens only\n');
});

test('the api refuses to let other machines in while nobody could log in', async () => {
  const cwd = temporaryFolder();
  const env = {
    MESSENGER_VERIFY_TOKEN: 'a-word-of-our-own',
    MESSENGER_APP_SECRET: '0123456789abcdef0123456789abcdef',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    MESSENGER_GRAPH_URL: 'http://127.0.0.1:1',
    PORT: '0',
    OPERATOR_PORT: '0',
    OPERATOR_HOST: '0.0.0.0',
  };

  const { code, output } = await runCli(['api'], { cwd, env });

  expect(code).toBe(1);
  expect(output).toContain(
    'OPERATOR_HOST=0.0.0.0 lets other machines reach the operator API, and there is no operator yet',
  );
});
