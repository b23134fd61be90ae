/**
 * Measures how long a page of the operators' list takes with 10,000 conversations of 10 messages, over HTTP:
 * `npx tsx bench/measurements/operator-list.ts`, or with `DATABASE_URL=postgres://…` an empty PostgreSQL database.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { request } from 'undici';
import { startOperatorListener } from '../operator-listener.ts';

const QUERIES = {
  'first page': '',
  'first page, 100': '?limit=100',
  waiting: '?state=waiting',
  snoozed: '?snoozed=true',
  'with the bot': '?state=bot',
  unread: '?unread=true',
  'by tag': '?tag=vip',
  'window closing': '?windowClosingWithin=900',
  'wrote today': `?activeOn=${new Date().toISOString().slice(0, 10)}`,
  'wrote last year': '?activeOn=2025-10-06',
  'last action since': `?since=${new Date(Date.now() - 3_600_000).toISOString()}`,
  'search of a name': '?search=name77',
  'search of a text': '?search=parcel%209',
  'search of nothing': '?search=no%20such%20words',
} as const;
const REQUESTS = 200;
const WARM_UP = 20;

const folder = mkdtempSync(join(tmpdir(), 'everthread-list-'));
// oxlint-disable-next-line node/no-process-env
const url = process.env['DATABASE_URL'] ?? `file:${join(folder, 'store.db')}`;
const listener = await startOperatorListener(url, { people: 10_000, messagesEach: 10 });
const { store, address } = listener;
await store.operators.add({ name: 'bench', role: 'viewer' }, Date.now());
const token = await store.operators.createToken('bench', Date.now());

for (const [name, query] of Object.entries(QUERIES)) {
  const waits: number[] = [];
  let cpuAtStart = process.cpuUsage();
  for (let n = 0; n < WARM_UP + REQUESTS; n += 1) {
    if (n === WARM_UP) cpuAtStart = process.cpuUsage();
    const startedAt = performance.now();
    const { body } = await request(`${address}/api/v1/conversations${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await body.text();
    if (n >= WARM_UP) waits.push(performance.now() - startedAt);
  }
  waits.sort((one, other) => one - other);
  const at = (share: number) => (waits[Math.ceil(waits.length * share) - 1] ?? 0).toFixed(1).padStart(7);
  const { user, system } = process.cpuUsage(cpuAtStart);
  // What a busy machine does not change: the processor time of server and client together, PostgreSQL's left out.
  const cpu = ((user + system) / 1000 / REQUESTS).toFixed(1).padStart(7);
  process.stdout.write(`${name.padEnd(20)} p50 ${at(0.5)} ms   p95 ${at(0.95)} ms   processor ${cpu} ms\n`);
}
await listener.close();
rmSync(folder, { recursive: true });
