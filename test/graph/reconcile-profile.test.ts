import { expect, test } from 'vitest';
import { createCallBudget, PROFILE_CALLS } from '../../src/graph/call-budget.ts';
import { readProfile } from '../../src/graph/profile/index.ts';
import { reconcileProfile, type ProfileTask } from '../../src/graph/profile/reconcile-profile.ts';
import type { MessengerProfile } from '../../src/messenger/profile.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ACCESS, aGraphApi, PAGE, type Simulated } from './simulated.ts';

const READ = `GET /${PAGE}/messenger_profile`;
const SET = `POST /${PAGE}/messenger_profile`;
const DELETE = `DELETE /${PAGE}/messenger_profile`;

const WANTED: MessengerProfile = {
  get_started: { payload: 'START' },
  greeting: [{ locale: 'default', text: 'Hello' }],
};

/** A Page at Meta, and the command run on it. */
async function aPage(reserveCalls?: ProfileTask['reserveCalls']) {
  const simulated = await aGraphApi();
  const folder = temporaryFolder();
  const said: string[] = [];
  const run = (wanted: MessengerProfile, more: Partial<ProfileTask> = {}) =>
    reconcileProfile({
      api: simulated.api,
      reserveCalls: reserveCalls ?? createCallBudget({ folder, ...PROFILE_CALLS }),
      page: ACCESS,
      wanted,
      isApplied: true,
      report: (sentence) => void said.push(sentence),
      show: (line) => void said.push(line),
      ...more,
    });
  return { ...simulated, run, said };
}

async function profileOf({ api }: Simulated) {
  const reply = await readProfile(api, ACCESS);
  return reply.status === 'answered' ? reply.value : reply;
}

test('a profile is made what the bot says, in one call to set and one to delete', async () => {
  const page = await aPage();
  await page.run({ ...WANTED, commands: [{ locale: 'default', commands: [{ name: 'help', description: 'Help' }] }] });
  page.calls.splice(0);
  page.said.splice(0);

  expect(await page.run({ ...WANTED, greeting: [{ locale: 'default', text: 'Hi' }] })).toBe(true);

  expect(page.calls).toEqual([READ, SET, DELETE]);
  expect(page.said).toEqual([
    'is changed:',
    '  greeting is different',
    '    - default: "Hello"',
    '    + default: "Hi"',
    '  commands goes away',
    '    - default: /help "Help"',
    expect.stringMatching(/^done\./),
  ]);
  expect(await profileOf(page)).toEqual({ ...WANTED, greeting: [{ locale: 'default', text: 'Hi' }] });
});

test('without a difference nothing is written', async () => {
  const page = await aPage();
  await page.run(WANTED);
  page.calls.splice(0);

  expect(await page.run(WANTED)).toBe(true);

  expect(page.calls).toEqual([READ]);
  expect(page.said.at(-1)).toBe('shows what the bot says. Nothing to do.');
});

test('a dry run shows the differences and changes nothing', async () => {
  const page = await aPage();

  expect(await page.run(WANTED, { isApplied: false })).toBe(true);

  expect(page.calls).toEqual([READ]);
  expect(page.said[0]).toBe('differs from what the bot says; --apply would change:');
  expect(await profileOf(page)).toEqual({});
});

test('nothing is begun that would exceed Meta’s rate limit', async () => {
  const page = await aPage();
  const greet = (text: string) => page.run({ greeting: [{ locale: 'default', text }] });
  for (const text of ['a', 'b', 'c', 'd']) expect(await greet(text)).toBe(true);
  await greet('d');
  page.calls.splice(0);

  expect(await greet('e')).toBe(false);

  expect(page.calls).toEqual([READ]);
  expect(page.said.at(-1)).toMatch(/^Meta takes 10 calls in 10 minutes.*again after \d\d:\d\d:\d\d UTC/);
  expect(await greet('f')).toBe(false);
  expect(page.calls).toEqual([READ]);
});

test('a refusal of Meta is reported without the token', async () => {
  const page = await aPage();
  const stranger = { pageId: PAGE, accessToken: 'token-nobody-may-see' };

  expect(await page.run(WANTED, { page: stranger })).toBe(false);

  expect(page.said.join()).toMatch(/^Meta answers 190 /);
  expect(page.said.join()).not.toContain(stranger.accessToken);
});
