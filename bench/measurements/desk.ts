/**
 * Measures the desk in a real browser, with 10,000 conversations: what its page weighs, when it paints, whether its list scrolls, and
 * how late it shows what happens at 50 messages a second. `npx tsx bench/measurements/desk.ts`
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright-core';
import { request } from 'undici';
import { SESSION_COOKIE } from '../../src/api/operator/access/authenticate.ts';
import { delivered } from '../../test/store/targets.ts';
import { ensureChromium } from '../../test/support/chromium.ts';
import { aText, webhookBody } from '../../test/support/events.ts';
import { startOperatorListener } from '../operator-listener.ts';

const PEOPLE = 10_000;
const VIEWS = ['inbox/all', 'leads', 'numbers', 'broadcasts', 'health', 'admin'];
const PAINTS = 5;
const EVENTS_PER_S = 50;
const LIVE_S = 10;

const folder = mkdtempSync(join(tmpdir(), 'everthread-desk-'));
const url = `file:${join(folder, 'store.db')}`;
const listener = await startOperatorListener(url, { people: PEOPLE, messagesEach: 2 });
const { store, address } = listener;
const ada = { name: 'Ada', role: 'admin' } as const;
await store.operators.add(ada, Date.now());
const browser = await chromium.launch({
  executablePath: await ensureChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const cookie = { name: SESSION_COOKIE, value: await store.operators.startSession(ada, Date.now()), url: address };

for (const file of ['page.js', 'page.css']) {
  const { body } = await request(`${address}/desk/page/${file}`);
  say(`${file}, gzipped`, `${(gzipSync(await body.text()).length / 1000).toFixed(1)} kB`);
}
say('first paint, login', await paintOf(''));
await context.addCookies([cookie]);
for (const view of VIEWS) say(`first paint, ${view}`, await paintOf(`#/${view}`));

const page = await open('#/inbox/bot');
await page.getByRole('listitem').first().waitFor();
say('live update, 50 messages/s', await liveUpdates(page));
say(`to the end of ${PEOPLE} conversations`, await scrollToEnd(await open('#/inbox/all')));

await browser.close();
await listener.close();
rmSync(folder, { recursive: true });

async function open(fragment: string): Promise<Page> {
  const opened = await context.newPage();
  await opened.goto(`${address}/desk/${fragment}`);
  return opened;
}

/** The median of some visits, until the browser has painted a first word. */
async function paintOf(fragment: string): Promise<string> {
  const paints: number[] = [];
  for (let n = 0; n < PAINTS; n += 1) {
    const visited = await open(fragment);
    await visited.getByRole('main').waitFor();
    paints.push(await visited.evaluate<number>(`performance.getEntriesByName('first-contentful-paint')[0].startTime`));
    await visited.close();
  }
  return `${at(paints, 0.5).toFixed(0)} ms, slowest ${Math.max(...paints).toFixed(0)} ms`;
}

/** From the commit of a message to its text in the list. Each text says when it was stored. */
async function liveUpdates(shown: Page): Promise<string> {
  await shown.evaluate(`
    window.delays = new Map();
    new MutationObserver(() => {
      for (const line of document.querySelectorAll('.row .line')) {
        const stored = /^stored (\\d+)/.exec(line.textContent)?.[1];
        if (stored && !window.delays.has(line.textContent)) window.delays.set(line.textContent, Date.now() - stored);
      }
    }).observe(document.querySelector('.rows'), { subtree: true, childList: true, characterData: true });
  `);
  const count = EVENTS_PER_S * LIVE_S;
  const startedAt = performance.now();
  for (let n = 0; n < count; n += 1) {
    await delay(Math.max(0, startedAt + (n * 1000) / EVENTS_PER_S - performance.now()));
    const psid = String(6_120_000_000_000_001 + n * 3);
    await store.inbox.record(
      delivered(webhookBody(aText(`stored ${Date.now()} ${n}`, { psid, at: Date.now() }))),
      Date.now(),
    );
  }
  await delay(2000);
  const delays = (await shown.evaluate('[...window.delays.values()]')) as number[];
  return `p50 ${at(delays, 0.5)} ms, p95 ${at(delays, 0.95)} ms; ${delays.length} of ${count} were in sight`;
}

/** Scrolls by a window at a time, until the last conversation is in sight. */
async function scrollToEnd(shown: Page): Promise<string> {
  await shown.getByRole('listitem').first().waitFor();
  const result = (await shown.evaluate(`(async () => {
    const rows = document.querySelector('.rows');
    const frames = [];
    let last = performance.now();
    let most = 0;
    for (let still = 0; still < 60; ) {
      const before = rows.scrollTop;
      rows.scrollTop += rows.clientHeight;
      await new Promise(requestAnimationFrame);
      frames.push(performance.now() - last);
      last = performance.now();
      most = Math.max(most, rows.querySelectorAll('li').length);
      still = rows.scrollTop === before ? still + 1 : 0;
    }
    return { frames, most, rows: Math.round(rows.scrollHeight / 84) };
  })()`)) as { frames: number[]; most: number; rows: number };
  const { frames, most, rows } = result;
  return `${rows} rows, ${most} in the document at most; a frame takes p50 ${at(frames, 0.5).toFixed(0)} ms, p95 ${at(frames, 0.95).toFixed(0)} ms`;
}

function at(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.ceil(values.length * share) - 1] ?? Number.NaN;
}

function say(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(40)} ${value}\n`);
}
