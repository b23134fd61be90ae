/** `everthread contacts`, as a terminal runs it. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import { contactsCommand } from '../../src/cli/commands/contacts.ts';
import { openStore } from '../../src/store/index.ts';
import { ANA, aText, BEN, PAGE, START, webhookBody } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCli } from './run-cli.ts';

test('contacts prints ids, names, tags and times of matching people, and no messages', async () => {
  const cwd = temporaryFolder();
  const DATABASE_URL = `file:${join(cwd, 'store.db')}`;
  const store = await openStore(DATABASE_URL);
  await store.inbox.record(decodeWebhook(webhookBody(aText('my secret'), aText('hello', { psid: BEN }))) ?? [], START);
  await store.contacts.saveProfile(
    `messenger:${PAGE}:${ANA}`,
    { firstName: 'Ana', lastName: 'Sou\u001bs\u202ea' },
    START,
  );
  await store.contacts.changeTags(`messenger:${PAGE}:${ANA}`, { add: ['vip', 'new\u2067'], remove: [] });
  await store.close();

  const { code, output } = await runCli(['contacts', '--tag', 'vip', '--format', 'json'], {
    cwd,
    env: { DATABASE_URL },
  });
  expect(code).toBe(0);
  expect(output.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(JSON.parse(output)).toEqual({
    conversation: `messenger:${PAGE}:${ANA}`,
    pageId: PAGE,
    psid: ANA,
    firstName: 'Ana',
    lastName: 'Sou\u001bs\u202ea',
    tags: ['vip', 'new\u2067'],
    lastActive: new Date(START).toISOString(),
    optedOut: null,
  });
  const table = await runCli(['contacts'], { cwd, env: { DATABASE_URL } });
  expect(table.output.split('\n')).toEqual([
    `messenger:${PAGE}:${ANA}  ${new Date(START).toISOString().slice(0, 16)}  Ana Sou s a  "vip" "new\\u2067"`,
    `messenger:${PAGE}:${BEN}  ${new Date(START).toISOString().slice(0, 16)}`,
    '',
  ]);
  const counted = await runCli(['contacts', '--without', 'vip', '--count'], { cwd, env: { DATABASE_URL } });
  expect(counted.output).toBe('1\n');
  const nobody = await runCli(['contacts', '--tag', 'absent'], { cwd, env: { DATABASE_URL } });
  expect(nobody).toMatchObject({
    code: 0,
    output: expect.stringContaining('No person matches. The store that was read'),
  });
});

test.each(['3', '0d', '-5d', 'soon'])('a time that is none: %s', async (time) => {
  const parse = () =>
    contactsCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync(['--active-within', time], { from: 'user' });
  await expect(parse()).rejects.toThrow("Write a time such as 7d, 12h or '3 days'.");
});
