import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { openStoreDatabase, type Database } from '../../../src/store/db/database.ts';
import { openStore } from '../../../src/store/index.ts';
import { freePort } from '../../../src/temporal/server/free-port.ts';
import { startKillable, type KillableProcess } from '../support/killable-process.ts';
import type { ChaosStage } from '../support/stage.ts';

/** How many people do something, and how often a process is killed meanwhile. */
export interface WebhookRunOptions {
  readonly people: number;
  readonly kills: number;
  readonly longestLifeMs: number;
  /** `together`: `everthread start`; `apart`: two api processes and a worker. */
  readonly processes: 'together' | 'apart';
  readonly databaseUrl: string;
}

/** What other systems heard. */
export interface WebhookRunReport {
  readonly people: number;
  /** From a person's "hand me over" until Slack heard of it, ms; the slowest of five, without kills. */
  readonly slowestSlackMs: number;
  /** Events that should have come and did not. */
  readonly missing: number;
  /** Events that came under a second id. */
  readonly doubled: number;
  /** People whose events came first in another order than they happened. */
  readonly outOfOrder: number;
  /** Posts beyond the first of an event: refused ones, and those whose process died. */
  readonly repeated: number;
  readonly undelivered: number;
}

/** Whether other systems heard of every event, of each once and in order. */
export function isEveryEventOnce({ missing, doubled, outOfOrder, undelivered }: WebhookRunReport): boolean {
  return missing + doubled + outOfOrder + undelivered === 0;
}

const BOT = join(import.meta.dirname, '../../support/bots/probe/bot.ts');
/** What every person makes happen, in this order. */
const WORDS = ['emit order.placed', 'leads big', 'emit order.paid', 'hand'];
const TOPICS = ['order.placed', 'lead.created', 'order.paid', 'handoff'];
const SLACK_PROBES = 5;
const SETTLED_WITHIN_MS = 120_000;

/** People make events while processes are killed, and a receiver refuses every fifth post. */
export async function killWhilePosting(stage: ChaosStage, options: WebhookRunOptions): Promise<WebhookRunReport> {
  const { simulator } = stage;
  const [crm, slack] = [await startReceiver(5), await startReceiver()];
  const store = await openStore(options.databaseUrl);
  const { db } = await openStoreDatabase(options.databaseUrl);
  const processes = await startProcesses(stage, options);
  try {
    const added = { format: 'standard', topics: TOPICS, name: 'crm', url: crm.url } as const;
    await store.destinations.add(added, Date.now());
    await store.destinations.add({ ...added, name: 'slack', format: 'slack', topics: ['handoff'], url: slack.url }, 0);

    let slowestSlackMs = 0;
    for (let probe = 1; probe <= SLACK_PROBES; probe += 1) {
      const { psid } = simulator.addPerson();
      const startedAt = Date.now();
      simulator.says(psid, 'hand');
      await slack.until((posts) => posts.length === probe);
      slowestSlackMs = Math.max(slowestSlackMs, Date.now() - startedAt);
    }

    const people = Array.from({ length: options.people }, () => simulator.addPerson().psid);
    const killing = killAtRandom(processes, options);
    for (const words of WORDS) {
      for (const psid of people) {
        simulator.says(psid, words);
        await delay(20);
      }
    }
    await killing;
    const ofPeople = () => crm.posts.flatMap((post) => (people.includes(post.psid) ? [post] : []));
    const count = () => new Set(ofPeople().map(({ id }) => id)).size;
    for (const giveUpAt = Date.now() + SETTLED_WITHIN_MS; Date.now() < giveUpAt; await delay(200)) {
      if (count() >= people.length * TOPICS.length && Object.keys(await store.outbox.count()).length === 0) break;
      await letTimePass(db);
    }
    return { slowestSlackMs, undelivered: await undelivered(store), ...tally(people, ofPeople()) };
  } finally {
    await Promise.all(processes.map((killable) => killable.stop()));
    await store.close();
    await db.destroy();
    await Promise.all([crm.close(), slack.close()]);
  }
}

/** Backoffs and leases of processes that died are over sooner than in real time. Row by row: others lock rows in their order. */
async function letTimePass(db: Database['db']): Promise<void> {
  const later = await db
    .selectFrom('outbox')
    .select('id')
    .where('due_at', '>', Date.now() + 1000)
    .execute();
  for (const { id } of later)
    await db
      .updateTable('outbox')
      .set({ due_at: Date.now() })
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .execute();
}

async function undelivered({ outbox }: Awaited<ReturnType<typeof openStore>>): Promise<number> {
  return Object.values(await outbox.count()).reduce((sum, number) => sum + number, 0);
}

async function startProcesses(
  stage: ChaosStage,
  { processes, databaseUrl }: WebhookRunOptions,
): Promise<readonly KillableProcess[]> {
  const env = { ...stage.env, DATABASE_URL: databaseUrl, OUTGOING_PRIVATE_ADDRESSES: 'loopback', LOG_LEVEL: 'info' };
  if (processes === 'together') {
    const all = startKillable(['start', BOT], env, stage.folder);
    await all.untilPrinted('The worker is ready');
    return [all];
  }
  const other = { ...env, PORT: String(await freePort()) };
  const started = [
    startKillable(['api'], env, stage.folder),
    startKillable(['api'], other, stage.folder),
    startKillable(['worker', BOT], env, stage.folder),
  ];
  await Promise.all(started.map((one, n) => one.untilPrinted(n < 2 ? 'Accepting webhooks' : 'The worker is ready')));
  return started;
}

async function killAtRandom(
  processes: readonly KillableProcess[],
  { kills, longestLifeMs }: WebhookRunOptions,
): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    await delay(Math.random() * longestLifeMs);
    // The worker first: Temporal notices its death after 10 s, while the others are killed.
    await processes.at(-1 - (kill % processes.length))?.kill();
  }
}

interface Post {
  readonly id: string;
  readonly type: string;
  readonly psid: string;
}

function tally(people: readonly string[], posts: readonly Post[]) {
  const first = posts.filter(({ id }, index) => posts.findIndex((post) => post.id === id) === index);
  const perPerson = people.map((psid) => first.filter((post) => post.psid === psid).map(({ type }) => type));
  return {
    people: people.length,
    missing: perPerson.flatMap((types) => TOPICS.filter((topic) => !types.includes(topic))).length,
    doubled: perPerson.flatMap((types) => types.filter((type, index) => types.indexOf(type) !== index)).length,
    outOfOrder: perPerson.filter((types) => types.join() !== TOPICS.filter((topic) => types.includes(topic)).join())
      .length,
    repeated: posts.length - first.length,
  };
}

/** Takes posts, and refuses every nth after it has read it. */
async function startReceiver(refusesEvery = Infinity) {
  const posts: Post[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    void readPost(request).then((post) => {
      count += 1;
      posts.push(post);
      response.writeHead(count % refusesEvery === 0 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    posts,
    async until(isTrue: (posts: readonly Post[]) => boolean): Promise<void> {
      for (const giveUpAt = Date.now() + SETTLED_WITHIN_MS; !isTrue(posts); await delay(5))
        if (Date.now() > giveUpAt) throw new Error(`It has heard of ${posts.length} events.`);
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readPost(request: IncomingMessage): Promise<Post> {
  const { type = '', data } = JSON.parse(await text(request)) as { type?: string; data?: { psid: string } };
  return { id: String(request.headers['webhook-id']), type, psid: data?.psid ?? '' };
}
