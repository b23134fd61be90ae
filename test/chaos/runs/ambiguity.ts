import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { conversationId } from '../../../src/domain/conversation-id.ts';
import type { Fault } from '../../../src/simulator/index.ts';
import { openStoreDatabase, type Database } from '../../../src/store/db/database.ts';
import type { SendsTable } from '../../../src/store/db/tables.ts';
import { isBroken, tally, type SendFate, type Guarantee, type Tally } from '../support/ambiguity-tally.ts';
import { startKillable, type KillableProcess } from '../support/killable-process.ts';
import type { ChaosStage } from '../support/stage.ts';

export interface AmbiguityOptions {
  /** Of each guarantee. Every send is for a person of its own. */
  readonly sends: number;
  readonly echoes: boolean;
  /** How many of all these people write in a second. */
  readonly messagesPerSecond: number;
  /** What goes wrong with the first call of a send: one of these, in turn. */
  readonly firstCalls: readonly Fault[];
  /** A worker for each, and how long its lives last, start included. The last ends when everybody has written. */
  readonly lives: readonly Life[];
  readonly onKill?: (kill: number) => void;
}

type Life = readonly [shortestMs: number, longestMs: number];

export interface AmbiguityReport {
  readonly echoes: boolean;
  readonly kills: number;
  /** All calls that Meta got, and those among them that it took. */
  readonly calls: number;
  readonly taken: number;
  /**
   * Sends of which Meta got a call and no worker noted that its answer was missing: it died, or had the answer after
   * all, as the call of a durable activity waits longer than Meta takes.
   */
  readonly unnoticed: number;
  readonly atLeastOnce: Tally;
  readonly atMostOnce: Tally;
  /** Sends that did not end as their guarantee says. */
  readonly broken: readonly SendStory[];
}

/** What became of one send, and how. */
export interface SendStory extends SendFate {
  readonly conversation: string;
  readonly code?: string | null;
  readonly attempts?: number;
  /** How its calls went at Meta, first to last: `cut_after`, `slow`, `accepted`. */
  readonly calls: readonly string[];
}

/** Longer than the first call of a send may take (4 s): Meta takes it when the caller has given up. */
const TAKEN_TOO_LATE: Fault = { kind: 'slow', ms: 5000 };
const CUT_AFTER: Fault = { kind: 'cut_after' };

/** Meta takes these, and the caller does not hear of it: cut, told an error all the same, or too late. */
export const TAKEN_UNHEARD: readonly Fault[] = [
  CUT_AFTER,
  { kind: 'error_after', code: 1, subcode: 1357046 },
  CUT_AFTER,
  TAKEN_TOO_LATE,
  CUT_AFTER,
  { kind: 'error_after', code: 2 },
  CUT_AFTER,
  { kind: 'error_after', code: 1200 },
  CUT_AFTER,
  TAKEN_TOO_LATE,
  CUT_AFTER,
];
/** For the caller the same, and Meta did not take it. */
export const CUT_BEFORE: Fault = { kind: 'cut_before' };

/** So that a worker can die in a second call as well. */
const SECOND_CALL: Fault = { kind: 'slow', ms: 1000 };
/** A doubt that a second call left lasts 40 s, and an activity whose worker died is given to another after 30 s. */
const PATIENCE_MS = 150_000;

const botFile = join(import.meta.dirname, '..', 'support', 'ambiguity-bot.ts');

/** People ask for sends of both guarantees whose first call has no answer, while the workers that send are killed. */
export async function loseAnswers(
  stage: ChaosStage,
  postgresUrl: string,
  options: AmbiguityOptions,
): Promise<AmbiguityReport> {
  const { lives, echoes } = options;
  const env = { ...stage.env, DATABASE_URL: postgresUrl, LOG_LEVEL: 'info' };
  const api = startKillable(['api'], env, stage.folder);
  const workers = lives.map(() => startKillable(['worker', botFile], env, stage.folder));
  const database = await openStoreDatabase(postgresUrl);
  try {
    if (!echoes) await endEchoes(stage);
    await api.untilPrinted('Accepting webhooks');
    await Promise.all(workers.map((worker) => worker.untilPrinted('The worker is ready')));

    let kills = 0;
    let isSaid = false;
    const asking = askForSends(stage, options).finally(() => (isSaid = true));
    const killing = workers.map(async (worker, index) => {
      const [shortestMs = 0, longestMs = 0] = lives[index] ?? [];
      do {
        await delay(shortestMs + Math.random() * (longestMs - shortestMs));
        await worker.kill();
        options.onKill?.((kills += 1));
      } while (!isSaid);
    });
    const [asked] = await Promise.all([asking, ...killing]);
    await untilSettled(database, asked.size);
    await untilQuiet(stage);
    await stage.simulator.waitForDeliveries();
    const stories = await storiesOf(stage, asked, database);
    return { echoes, kills, ...reportOf(stories, echoes, noticedBy(workers)) };
  } finally {
    await database.db.destroy();
    await Promise.all([api, ...workers].map((killable) => killable.stop()));
  }
}

/** From now on the Page does not tell us what it says: a Page without `message_echoes`. */
async function endEchoes({ env }: ChaosStage): Promise<void> {
  const url = `${env['MESSENGER_GRAPH_URL']}/v25.0/${env['MESSENGER_PAGE_ID']}/subscribed_apps`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      subscribed_fields: ['messages', 'message_deliveries'],
      access_token: env['MESSENGER_PAGE_ACCESS_TOKEN'],
    }),
  });
  if (!answer.ok) throw new Error(`The echoes could not be ended: ${await answer.text()}`);
}

/** Everybody asks for one send; gives who asked for which guarantee. */
async function askForSends(
  { simulator }: ChaosStage,
  { sends, firstCalls, messagesPerSecond }: AmbiguityOptions,
): Promise<ReadonlyMap<string, Guarantee>> {
  const asked = new Map<string, Guarantee>();
  for (let turn = 0; turn < sends; turn += 1) {
    const firstCall = firstCalls[turn % firstCalls.length] ?? CUT_AFTER;
    for (const guarantee of ['at-least-once', 'at-most-once'] as const) {
      const { psid } = simulator.addPerson();
      asked.set(psid, guarantee);
      simulator.fault({ ...firstCall, psid });
      simulator.fault({ ...SECOND_CALL, psid });
      simulator.says(psid, guarantee);
      await delay(1000 / messagesPerSecond);
    }
  }
  return asked;
}

type LedgerRow = Pick<SendsTable, 'send_id' | 'conversation' | 'status' | 'code' | 'attempts'>;

const SETTLED: readonly SendsTable['status'][] = ['sent', 'refused', 'failed', 'unknown'];

/** Resolves when so many sends are settled, or when nothing has changed for so long. */
async function untilSettled(database: Database, sends: number): Promise<void> {
  let before = '';
  for (let giveUpAt = Date.now() + PATIENCE_MS; Date.now() < giveUpAt; await delay(1000)) {
    const rows = await ledgerRows(database);
    if (rows.length >= sends && rows.every(({ status }) => SETTLED.includes(status))) return;
    const now = JSON.stringify(rows);
    if (now !== before) giveUpAt = Date.now() + PATIENCE_MS;
    before = now;
  }
}

/** Resolves when no workflow has anything to do: what a dead worker left is done again, and nothing more is said. */
async function untilQuiet({ env }: ChaosStage): Promise<void> {
  const connection = await Connection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
  const client = new Client({ connection });
  try {
    for (const giveUpAt = Date.now() + PATIENCE_MS; await isAtWork(client); await delay(500)) {
      if (Date.now() > giveUpAt) throw new Error('The engine does not come to rest: a workflow is still at work.');
    }
  } finally {
    await connection.close();
  }
}

async function isAtWork({ workflow }: Client): Promise<boolean> {
  for await (const { workflowId } of workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    const { raw } = await workflow.getHandle(workflowId).describe();
    if (raw.pendingWorkflowTask || (raw.pendingActivities ?? []).length > 0) return true;
  }
  return false;
}

function ledgerRows({ db }: Database): Promise<LedgerRow[]> {
  return db
    .selectFrom('sends')
    .select(['send_id', 'conversation', 'status', 'code', 'attempts'])
    .orderBy('send_id')
    .execute();
}

async function storiesOf(
  { simulator, env }: ChaosStage,
  asked: ReadonlyMap<string, Guarantee>,
  database: Database,
): Promise<SendStory[]> {
  const rows = new Map((await ledgerRows(database)).map((row) => [row.conversation, row]));
  return [...asked].map(([psid, guarantee]) => {
    const { bubbles, timeline } = simulator.thread(psid);
    const conversation = conversationId({ channel: 'messenger', pageId: env['MESSENGER_PAGE_ID'] ?? '', psid });
    const row = rows.get(conversation);
    return {
      conversation,
      guarantee,
      seen: bubbles.filter(({ author }) => author === 'bot').length,
      ...(row && { status: row.status, code: row.code, attempts: row.attempts }),
      calls: timeline.flatMap(({ send }) => (send ? [send.fault ?? send.outcome] : [])),
    };
  });
}

/** The conversations in which a worker noted that Meta gave no good answer. */
function noticedBy(workers: readonly KillableProcess[]): ReadonlySet<string> {
  const lines = workers.flatMap((worker) => worker.output().split('\n'));
  const told = lines.filter((line) => line.includes('Meta did not take a message'));
  return new Set(told.flatMap((line) => /"sendId":"([^/"]+)\//.exec(line)?.[1] ?? []));
}

function reportOf(stories: readonly SendStory[], echoes: boolean, noticed: ReadonlySet<string>) {
  const of = (guarantee: Guarantee) => tally(stories.filter((story) => story.guarantee === guarantee));
  return {
    calls: stories.flatMap(({ calls }) => calls).length,
    taken: stories.reduce((sum, { seen }) => sum + seen, 0),
    unnoticed: stories.filter(({ calls, conversation }) => calls.length > 0 && !noticed.has(conversation)).length,
    atLeastOnce: of('at-least-once'),
    atMostOnce: of('at-most-once'),
    broken: stories.filter((story) => isBroken(story, echoes)),
  };
}
