/** The commands that ask Meta something, as a person runs them. What they decide is tested under test/graph. */

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSimulator, APP, PAGE, SECRET, TOKEN } from '../simulator/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exampleBot, runCli } from './run-cli.ts';

const CAFE = '104857600999999';
const USER_TOKEN = 'a-user-token-nobody-may-see';

/** A folder with two Pages in it, and Meta. */
async function aPlace() {
  const { simulator, url } = await startSimulator({
    userAccessToken: USER_TOKEN,
    requireAppSecretProof: true,
    pages: [{ id: CAFE, name: 'Café', accessToken: 'cafe-token', tasks: ['MESSAGING'] }],
  });
  const cwd = temporaryFolder();
  const env = { MESSENGER_GRAPH_URL: `${url}/graph`, MESSENGER_APP_ID: APP, MESSENGER_APP_SECRET: SECRET };
  const run = async (args: string[], more: Record<string, string> = {}) => {
    const { code, output } = await runCli(args, { cwd, env: { ...env, ...more } });
    for (const secret of [USER_TOKEN, TOKEN, 'cafe-token', SECRET]) expect(output).not.toContain(secret);
    return { code, output };
  };
  return { run, cwd, simulator, url };
}

test("from a person's token to subscribed Pages", async () => {
  const { run, cwd, simulator } = await aPlace();
  simulator.unsubscribeApp(PAGE);

  const pages = await run(['pages', '--write', 'pages.json'], { MESSENGER_USER_ACCESS_TOKEN: USER_TOKEN });

  expect(pages).toMatchObject({ code: 0 });
  expect(pages.output).toContain('exchanged for one of 60 days');
  expect(pages.output).toContain(`Page ${PAGE} "Bicycle Shop": may send (MESSAGING), may subscribe (MODERATE)`);
  expect(pages.output).toContain(`Page ${CAFE} "Café": may send (MESSAGING), may not subscribe (no task MODERATE)`);
  expect(pages.output).toContain(`Added to pages.json: ${PAGE}, ${CAFE}.`);
  const file = join(cwd, 'pages.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toContain(TOKEN);

  const subscribed = await run(['subscribe', exampleBot, '--page', PAGE], { MESSENGER_PAGES_FILE: 'pages.json' });

  expect(subscribed).toMatchObject({ code: 0 });
  expect(subscribed.output).toContain(`Page ${PAGE} (Bicycle Shop): was not subscribed.`);
  expect(subscribed.output).toContain(`Page ${PAGE} (Bicycle Shop): is subscribed to messages, `);
  expect(subscribed.output).not.toContain(CAFE);
});

test.each([
  ['pages', { MESSENGER_USER_ACCESS_TOKEN: USER_TOKEN }],
  ['subscribe', { MESSENGER_PAGE_ID: PAGE, MESSENGER_PAGE_ACCESS_TOKEN: TOKEN }],
  ['start', { MESSENGER_PAGE_ID: PAGE, MESSENGER_PAGE_ACCESS_TOKEN: TOKEN, MESSENGER_VERIFY_TOKEN: 'verify-token' }],
])('%s fails at an address that is no Graph API, and names the one of the simulator', async (command, settings) => {
  const { run, url } = await aPlace();
  const origin = new URL(url).origin;
  const { code, output } = await run([command], { ...settings, MESSENGER_GRAPH_URL: origin });
  expect(output).toContain(
    `MESSENGER_GRAPH_URL is ${origin}, but what answers there is no Graph API (HTTP 404 for /v25.0/me). ` +
      `Set it to ${origin}/simulator/graph: the simulator's Graph API is there.`,
  );
  expect(code).toBe(1);
});

test("a bot's profile is compared, applied, and then unchanged", async () => {
  const { run, cwd } = await aPlace();
  const page = { MESSENGER_PAGE_ID: PAGE, MESSENGER_PAGE_ACCESS_TOKEN: TOKEN };
  writeFileSync(
    join(cwd, 'bot.ts'),
    `import { defineBot, messengerProfile } from 'everthread';
export default defineBot({ plugins: [], profile: messengerProfile({ get_started: { payload: 'START' } }) });
`,
  );

  const applied = await run(['profile', '--apply'], page);
  const again = await run(['profile', '--apply'], page);

  expect(applied).toMatchObject({ code: 0 });
  expect(applied.output).toContain('  get_started is new\n    + sends "START"\n');
  expect(again).toEqual({ code: 0, output: `Page ${PAGE}: shows what the bot says. Nothing to do.\n` });
});

test.each([
  [['profile', exampleBot], 'has no profile, and everthread deletes none', {}],
  [['profile', '--page', '7'], `No token of Page 7 is known, only of ${PAGE}.`, {}],
  [
    ['subscribe', '--callback-url', 'bot.example'],
    '--callback-url is not an https address',
    { MESSENGER_VERIFY_TOKEN: 'v' },
  ],
])('%j says what is wrong in one sentence', async (args, sentence, more) => {
  const { run } = await aPlace();

  const { code, output } = await run(args, { MESSENGER_PAGE_ID: PAGE, MESSENGER_PAGE_ACCESS_TOKEN: TOKEN, ...more });

  expect(code).toBe(1);
  expect(output).toContain(sentence);
  expect(output).not.toMatch(/^ +at /m);
});
