/** `everthread handoff`, `say`, `emit` and `person`, against a running operator API. */

import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { aStageListener } from '../api/operator/a-stage-listener.ts';
import { anOperator } from '../api/operator/an-operator-app.ts';
import { startStage, type Stage } from '../support/stage.ts';
import { startTalk, until } from '../support/talk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCli } from './run-cli.ts';

let stage: Stage;
let listener: { readonly url: string; readonly close: () => Promise<unknown> };
const tokens: Record<string, string> = {};

beforeAll(async () => {
  stage = await startStage({ bot: 'test/support/bots/probe/bot.ts', temporalAddress: inject('temporalAddress') });
  listener = await aStageListener(stage);
  for (const [name, role] of [
    ['Mia', 'agent'],
    ['Tom', 'agent'],
    ['Vic', 'viewer'],
    ['Ada', 'admin'],
  ] as const)
    tokens[name] = await anOperator(stage.store, { name, role });
});

afterAll(async () => {
  await listener.close();
  await stage.stop();
});

/** A command as this operator types it, in a folder without a store; the address is in the settings. */
async function as(who: string, ...args: readonly string[]) {
  const { port } = new URL(listener.url);
  const env = { OPERATOR_HOST: '0.0.0.0', OPERATOR_PORT: port, EVERTHREAD_TOKEN: tokens[who] ?? who };
  return runCli(args, { cwd: temporaryFolder(), env });
}

test('a person is seen waiting, taken over, written to and given back at the terminal', async () => {
  const talk = await startTalk('', { stage });
  const id = talk.conversation;
  expect((await as('Mia', 'handoff', 'list')).output).toBe(
    'Nobody waits for an operator, and no operator has a conversation.\n',
  );
  await talk.says('hand');
  const waiting = () => stage.store.conversations.list({ state: 'waiting' }, { limit: 1, now: Date.now() });
  await until(async () => (await waiting()).length === 1);

  const [head = '', line = '', , hint] = (await as('Mia', 'handoff', 'list')).output.split('\n');
  expect(head).toMatch(/^WAITS +WITH +CONVERSATION +NAME +LAST MESSAGE$/);
  expect(line).toMatch(new RegExp(`^now +- +${id} +Ana Sousa +bot: to human`));
  expect(hint).toBe('Take a conversation over with: everthread handoff take <conversation>');
  const taken = await as('Mia', 'handoff', 'take', id);
  expect(taken.output).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}person {5}hand$/m);
  expect(taken.output).toContain(`Mia has the conversation, and the bot is silent.`);
  expect(taken.output).toContain(`everthread handoff give ${id} --note`);
  const listed = JSON.parse((await as('Mia', 'handoff', 'list', '--json')).output.split('\n')[0] ?? '') as object;
  expect(listed).toMatchObject({ id, state: 'operator', heldBy: 'Mia' });

  const tom = await as('Tom', 'handoff', 'take', id);
  expect(tom.code).toBe(1);
  expect(tom.output).toMatch(/^Mia has the conversation since .* `everthread handoff take --force`\.\n$/);
  // Twice with one key, and without quotes around the words.
  for (const _ of [1, 2])
    expect(await as('Mia', 'say', id, '--key', 'k1', 'Mia', 'here')).toEqual({ code: 0, output: 'Sent.\n' });
  expect(talk.bubbles().filter(({ text }) => text === 'Mia here')).toHaveLength(1);

  const client = createClient({ url: listener.url, token: tokens['Mia'] });
  const later = await as('Mia', 'say', id, '--at', '3h', 'Did', 'it', 'arrive?');
  expect(later.output).toMatch(/^It goes out on \S+ at \S+ UTC, if Meta's rules allow it then\. Its id is \S+\n$/);
  const { scheduled } = await client.GET('/conversations/{id}', { params: { path: { id } } });
  expect(scheduled).toMatchObject([{ text: 'Did it arrive?' }]);
  expect(await as('Mia', 'say', id, '--at', '2020-01-01T00:00Z', 'x')).toMatchObject({
    code: 1,
    output: expect.stringContaining('Write a time ahead') as string,
  });
  const { items } = await client.GET('/conversations/{id}/messages', { params: { path: { id } } });
  const trace = await as('Mia', 'trace', items.find(({ text }) => text === 'Mia here')?.sendId ?? '');
  expect(trace.output).toMatch(new RegExp(`^Conversation ${id}$`, 'm'));
  expect(trace.output).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC {2}sent {8}\S/m);
  expect(trace.output).not.toContain('Mia here');

  expect((await as('Mia', 'handoff', 'give', id, '--note', 'Refunded.')).output).toBe('The bot answers again.\n');
  const writes = await stage.store.operatorLog.page({ limit: 10 });
  expect(new Set(writes.map((write) => write.interface))).toEqual(new Set(['cli']));
});

test('a topic is emitted at the terminal, by conversation id and by the id of another system', async () => {
  const talk = await startTalk('', { stage });
  await talk.says('link shop 4711');
  await talk.settles();
  const emits = (...args: readonly string[]) => as('Mia', 'emit', ...args);

  const data = ['--data', '{"carrier":"DHL"}'];
  expect(await emits('4711', 'shipped', '--system', 'shop', '--key', 'k', ...data)).toEqual({
    code: 0,
    output: `Emitted to ${talk.conversation}.\n`,
  });
  await until(() => talk.bubbles().some(({ text }) => text === 'topic shipped {"carrier":"DHL"}'));
  expect((await emits(talk.conversation, 'shipped', '--key', 'k', ...data)).output).toMatch(/^It was emitted before/);
  expect((await emits(talk.conversation, 'shipped', '--key', 'l', '--data', 'DHL')).output).toContain('no JSON');
  expect(await emits(talk.conversation, 'refunded', '--key', 'm')).toEqual({
    code: 1,
    output: expect.stringContaining('The bot declares no topic "refunded".') as string,
  });
});

test('what is wrong is said with its cure, and no token is printed', async () => {
  const folder = temporaryFolder();
  const run = (args: readonly string[], env: Record<string, string>) => runCli(args, { cwd: folder, env });
  const away = `http://127.0.0.1:${await freePort()}`;
  const cases: [Promise<{ code: number | null; output: string }>, string][] = [
    [
      run(['handoff', 'list'], {}),
      'EVERTHREAD_TOKEN is missing. Make one where the store is, with `everthread operators',
    ],
    [as('Vic', 'say', 'messenger:1:2', 'Hello'), 'This needs the role agent, and you are viewer.'],
    [as('evt_forged', 'handoff', 'list'), 'Put a token from `everthread operators token NAME` into EVERTHREAD_TOKEN.'],
    [as('Mia', 'handoff', 'give', 'nonsense'), 'There is no such conversation on your Pages.'],
    [as('Mia', 'handoff', 'list', '--url', 'example.com'), 'Write it like https://desk.example.com.'],
    [
      as('Mia', 'handoff', 'list', '--url', away),
      `The operator API at ${away} cannot be reached (ECONNREFUSED). Start it with \`everthread start\``,
    ],
  ];
  for (const [running, sentence] of cases) {
    const { code, output } = await running;
    expect(output).toContain(sentence);
    expect(output).not.toMatch(/evt_|\n {4}at /);
    expect(code, sentence).toBe(1);
  }
});

test('a person is exported and erased at the terminal, by an admin who says yes', async () => {
  const talk = await startTalk('', { stage });
  const id = talk.conversation;
  await talk.says('hello');
  const { output } = await as('Ada', 'person', 'export', id);
  expect(JSON.parse(output)).toMatchObject({ conversation: id, contact: [{ psid: talk.psid }] });

  expect(await as('Ada', 'person', 'erase', id)).toEqual({
    code: 0,
    output: `Nothing was done. To erase ${id}, add --yes.\n`,
  });
  expect(await as('Mia', 'person', 'erase', id, '--yes')).toMatchObject({
    code: 1,
    output: expect.stringMatching(/needs the role admin/) as string,
  });
  expect((await as('Ada', 'person', 'erase', id, '--yes')).output).toMatch(
    /^Erased\. The operator log has it as erased:[\w-]{22}\.$/m,
  );
  expect(await stage.store.contacts.find(talk.conversation)).toBeUndefined();
  expect((await as('Ada', 'person', 'export', id)).output).toMatch(/^There is no such conversation on your Pages\./);
});
