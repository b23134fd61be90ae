/** The contract holds for every bundled plugin, and says what is wrong with one that breaks it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import { parseJson } from '../../src/api/webhook/parse-json.ts';
import { definePlugin, type InboundEventKind, type Plugin } from '../../src/index.ts';
import * as bundled from '../../src/plugins/index.ts';
import { pluginContract, type PluginContractOptions } from '../../src/testing/index.ts';
import { foreignEvents } from '../../src/testing/plugin-contract/foreign-events.ts';
import { fixtureBytes, fixtureNames } from '../support/fixtures.ts';

const { choice, email, text } = bundled;
interface Bundled extends PluginContractOptions {
  readonly make: () => unknown;
}

/** By the name of what makes it. */
const PLUGINS: Readonly<Record<string, Bundled>> = {
  analytics: {
    make: () => bundled.analytics({ funnels: { order: ['order.begun', 'order.placed'] } }),
    steps: [{ topic: 'order.begun' }, { topic: 'order.placed' }, { topic: 'order.placed' }],
  },
  assistant: {
    make: () => bundled.assistant({ answersPerDay: 2 }),
    steps: ['Who are you?', 'And then?', 'And then?'],
    handles: ['message'],
    activities: { assistantAnswer: async () => ({ status: 'answered', text: 'A bot.' }) },
  },
  faq: { make: () => bundled.faq([{ match: /hours/i, answer: 'From 9 to 5.' }]), steps: ['hours?', 'hours?'] },
  form: {
    make: () =>
      bundled.form({
        on: /book/i,
        fields: { day: choice('Which day?', ['Saturday', 'Sunday']), name: text('Your name?') },
      }),
    steps: ['book', 'Monday', 'Sunday', 'Ana', 'book', 'Saturday'],
  },
  handoff: { make: () => bundled.handoff({ on: /human/i }), steps: ['a human, please', 'still there?'] },
  leadCapture: {
    make: () => bundled.leadCapture({ on: /price/i, fields: { email: email('Which e-mail?'), name: text('Name?') } }),
    steps: ['price', 'nonsense', 'ana@shop.example', 'Ana'],
  },
  menu: {
    make: () =>
      bundled.menu({ on: /menu/i, text: 'What is it?', choices: [{ title: 'Hours', answer: 'From 9 to 5.' }] }),
    steps: ['menu', 'Hours', 'Hours'],
  },
  optOut: { make: () => bundled.optOut(), steps: ['stop', 'stop', 'start'] },
  segments: {
    make: () => bundled.segments({ rules: [{ says: /price/i, tag: 'buyer' }] }),
    steps: ['price', 'price'],
  },
  welcome: { make: () => bundled.welcome({ text: 'Hi!' }), steps: ['hello'], handles: ['message', 'postback'] },
};
/** Folders of `src/plugins` that make sequences or broadcasts. */
const NO_PLUGINS = ['broadcast', 'followUp'];

test('all bundled plugins are here', () => {
  const folder = join(import.meta.dirname, '../../src/plugins');
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()));
  const inBot = names.filter((name) => name in bundled && !NO_PLUGINS.includes(name));
  expect(Object.keys(PLUGINS)).toEqual(inBot.toSorted());
});

describe('bundled', () => {
  for (const [name, { make, ...options }] of Object.entries(PLUGINS)) {
    for (const { name: promise, run } of pluginContract(make as () => Plugin, options)) {
      test(`${name}, ${promise}`, () => expect(run()).resolves.toBeUndefined());
    }
  }
});

describe('events of all kinds', () => {
  const recorded = fixtureNames().flatMap((name) =>
    (decodeWebhook(parseJson(fixtureBytes(name))) ?? []).map(({ event }) => event),
  );

  test('are shipped as recorded', async () => {
    const file = join(import.meta.dirname, '../../src/testing/plugin-contract/foreign-events.jsonl');
    const lines = recorded.map((event) => `${JSON.stringify(event)}\n`).join('');
    await expect(lines).toMatchFileSnapshot(file);
  });

  test('are all there', () => {
    const source = readFileSync(join(import.meta.dirname, '../../src/messenger/inbound/inbound-event.ts'), 'utf8');
    const kinds = [...source.matchAll(/readonly kind: '([\w-]+)'/g)].map(([, kind]) => kind as InboundEventKind);
    const shipped = new Set(foreignEvents().map(({ kind }) => kind));
    expect(kinds.length).toBeGreaterThan(20);
    expect(kinds.filter((kind) => !shipped.has(kind))).toEqual([]);
  });
});

/** What the four promises say of a plugin: `kept`, or the message. */
async function verdicts(make: Plugin | (() => unknown), options?: PluginContractOptions): Promise<string[]> {
  const cases = pluginContract(make as () => Plugin, options);
  return Promise.all(
    cases.map(({ run }) =>
      run().then(
        () => 'kept',
        (error: Error) => error.message,
      ),
    ),
  );
}

const counter = definePlugin({
  name: 'counter',
  state: { messages: 0 },
  observe(ctx, event) {
    if (event.kind === 'message') ctx.state.messages += 1;
  },
  async onMessage(ctx, message) {
    if (message.text !== 'count') return 'pass';
    await ctx.send(`You wrote ${ctx.state.messages} messages.`);
    ctx.wakeAt(ctx.now + 60_000, 'again');
    if (Math.random() < 2) ctx.emit('counted', { messages: ctx.state.messages });
    return 'handled';
  },
});

test('a correct plugin passes, as a function or as an object', async () => {
  const steps = ['count', 'hello', 'count'];
  expect(await verdicts(counter as unknown as Plugin, { steps })).toEqual(['kept', 'kept', 'kept', 'kept']);
  expect(await verdicts(() => counter, { steps })).toEqual(['kept', 'kept', 'kept', 'kept']);
});

test('a state that is not JSON is named', async () => {
  const [atFirst] = await verdicts(() => definePlugin({ name: 'dated', state: { since: new Date(0) } }));
  expect(atFirst).toContain('The plugin "dated" breaks the contract:');
  expect(atFirst).toContain('before anything happened: state.since is a Date');
  const [later] = await verdicts(() =>
    definePlugin<{ seen?: Set<string> }>({
      name: 'set',
      state: {},
      observe: (ctx) => void (ctx.state.seen = new Set()),
    }),
  );
  expect(later).toMatch(/observe, at an? .* event .*: state\.seen is a Set/);
});

test('a plugin that handles or throws at foreign events is told which', async () => {
  const greedy = () => definePlugin({ name: 'greedy', onEvent: async () => 'handled' });
  const [, taken] = await verdicts(greedy);
  expect(taken).toMatch(/at a \w+ event \(.*\): it answered 'handled'\. Let pass what is not for you/);

  const trusting = () =>
    definePlugin({
      name: 'trusting',
      onMessage: async (_, { text: words }) => (words!.startsWith('price') ? 'handled' : 'pass'),
    });
  const [, thrown] = await verdicts(trusting);
  expect(thrown).toContain('onMessage, at a message event');
  expect(thrown).toContain('undefined');

  const vague = () => definePlugin({ name: 'vague', onEvent: async () => 'maybe' as 'pass' });
  const [, nonsense] = await verdicts(vague);
  expect(nonsense).toContain(`it answered "maybe". Answer 'handled' or 'pass'.`);

  const all = { handles: ['message' as const] };
  const [, allowed] = await verdicts(() => definePlugin({ name: 'all', onMessage: async () => 'handled' }), all);
  expect(allowed).toBe('kept');
});

/** Keeps a number where it gets lost. */
function forgetful(): unknown {
  let messages = 0;
  return definePlugin({
    name: 'forgetful',
    async onMessage(ctx) {
      messages += 1;
      await ctx.send(`You wrote ${messages} messages.`);
      return 'pass';
    },
  });
}

test('a plugin with state in a variable does not survive, as a function or as an object', async () => {
  const plugin = forgetful() as Plugin;
  for (const make of [forgetful, plugin]) {
    const [, , survives] = await verdicts(make, { steps: ['one', 'two'] });
    expect(survives).toContain('The plugin "forgetful" breaks the contract:');
    expect(survives).toContain('it does something else');
    expect(survives).toContain('You wrote');
    expect(survives).toContain('ctx.state');
  }
});

test("a plugin that reads the computer's clock does not replay", async () => {
  const late = () => definePlugin({ name: 'late', observe: (ctx) => ctx.wakeAt(Date.now() + 1000, 'x') });
  const [, , , replays] = await verdicts(late);
  expect(replays).toContain('it does something else when it is run again');
  expect(replays).toContain('ctx.now');
});

test('a plugin whose hook never ends is stopped', async () => {
  const waiting = () => definePlugin({ name: 'waiting', onMessage: () => new Promise<never>(() => {}) });
  const plugin = pluginContract(waiting)[1]!;
  await expect(plugin.run()).rejects.toThrow('It does not end. A hook may only await what its context offers.');
});
