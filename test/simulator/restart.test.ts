import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { expect, onTestFinished, test } from 'vitest';
import {
  ANA,
  aSend,
  callGraph,
  DAY,
  HOUR,
  outcomeOf,
  PAGE,
  SECRET,
  startBot,
  startSimulator,
  TOKEN,
} from './support.ts';

const conversation = `messenger:${PAGE}:${ANA}` as const;

function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'made-for-it', 'simulator.db');
}

test('people, messages, sends, clocks and unacknowledged webhooks survive a restart', async () => {
  const file = aFile();
  const bot = await startBot();
  bot.answers.push(...Array<number>(1000).fill(503));

  const first = await startSimulator({ file, webhookUrl: bot.url, redeliveryMs: 100 });
  first.simulator.says(ANA, 'Remember me');
  first.simulator.moveClock(conversation, 3 * DAY);
  await first.send(aSend('Too late'));
  first.simulator.blocks(ANA);
  await bot.gets(({ message }) => message?.['text'] === 'Remember me');
  await first.stop();
  bot.answers.length = 0;
  const before = bot.bodies.length;

  const second = await startSimulator({ file, webhookUrl: bot.url });
  await second.simulator.waitForDeliveries();

  expect(second.simulator.people()).toEqual([
    expect.objectContaining({ psid: ANA, isBlocking: true, clockAheadMs: 3 * DAY }),
  ]);
  expect(Math.round((second.simulator.clock.now(conversation) - Date.now()) / HOUR)).toBe(72);
  const { bubbles, timeline } = second.simulator.thread(ANA);
  expect(bubbles).toEqual([expect.objectContaining({ text: 'Remember me', mark: 'delivered' })]);
  expect(timeline.map(({ send, title }) => send?.code ?? title)).toEqual(['Remember me', '10/2018278']);
  expect(bot.bodies.length).toBeGreaterThan(before);
  expect(second.simulator.says.bind(undefined, ANA, 'x')).toThrow('blocked');
});

test('thread owners, subscriptions and personas survive a restart; tokens and restrictions are reset', async () => {
  const file = aFile();
  const first = await startSimulator({ file });
  first.simulator.says(ANA, 'Hello');
  first.simulator.setThreadOwner(ANA, 'other_app');
  first.simulator.addPersona({ id: '990022', name: 'Marta' });
  first.simulator.restrictPage();
  first.simulator.expireToken();
  first.simulator.unsubscribeApp();
  await first.stop();

  const second = await startSimulator({ file });
  expect(second.simulator.thread(ANA).person.threadOwner).toBe('other_app');
  expect(outcomeOf(await second.send(aSend('Hi')))).toBe('10/2018300');
  expect((await callGraph(second, 'GET', '990022')).json).toMatchObject({ name: 'Marta' });
  expect((await callGraph(second, 'GET', 'me/subscribed_apps')).json['data']).toEqual([]);
});

test('a closed simulator delivers nothing more', async () => {
  const bot = await startBot();
  bot.answers.push(...Array<number>(1000).fill(503));
  const { simulator, stop } = await startSimulator({ webhookUrl: bot.url, redeliveryMs: 1 });
  simulator.says(ANA, 'Hi');
  await bot.gets(() => true);
  await stop();
  await simulator.waitForDeliveries();
  const delivered = bot.bodies.length;
  await new Promise((resolve) => setImmediate(resolve));
  expect(bot.bodies).toHaveLength(delivered);
});

test('kill -9 loses no message', async () => {
  const file = aFile();
  const script = `
    import { createSimulator } from ${JSON.stringify(join(import.meta.dirname, '../../src/simulator/index.ts'))};
    const log = { info() {}, warn() {}, error() {} };
    const simulator = createSimulator({
      file: ${JSON.stringify(file)}, pageId: '${PAGE}', appId: '1', accessToken: '${TOKEN}', appSecret: '${SECRET}',
      webhookUrl: 'http://127.0.0.1:9/webhook', graphVersion: 'v25.0', log,
    });
    for (let number = 1; number <= 50; number += 1) simulator.says('${ANA}', 'number ' + number);
    process.stdout.write('said');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');

  const bot = await startBot();
  const { simulator } = await startSimulator({ file, webhookUrl: bot.url });
  await simulator.waitForDeliveries();
  expect(simulator.thread(ANA).bubbles).toHaveLength(50);
  expect(bot.items().map(({ message }) => message!['text'])).toEqual(
    Array.from({ length: 50 }, (_, index) => `number ${index + 1}`),
  );
});

test('a file of an older simulator gets the missing columns', async () => {
  const file = aFile();
  mkdirSync(dirname(file));
  const old = new Database(file);
  old.exec(`CREATE TABLE people (position INTEGER PRIMARY KEY, psid TEXT NOT NULL UNIQUE, first_name TEXT NOT NULL,
    last_name TEXT NOT NULL, locale TEXT NOT NULL, timezone REAL NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL,
    clock_ahead_ms INTEGER NOT NULL DEFAULT 0, window_opened_at INTEGER, page_seen_at INTEGER,
    is_blocking INTEGER NOT NULL DEFAULT 0) STRICT`);
  old.close();
  const { simulator } = await startSimulator({ file });
  simulator.clicksAd(ANA);
  simulator.says(ANA, 'Hi');
  expect(simulator.people()[0]).toHaveProperty('adWindowOpenedAt');
});
