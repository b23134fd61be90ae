/** The load generator, in a process of its own: the same load for all sides. */

import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { spread, type Spread } from '../numbers.ts';
import { psidOf, type Side } from '../people.ts';
import { monotonicMs, serveParent } from '../processes/child-process.ts';
import { listenForAnswers } from './answers.ts';
import { signalSpeaker, webhookSpeaker, type Speaker } from './speakers.ts';

/** The addresses of the sides; an omitted side gets no load. */
export interface LoadTargets {
  readonly graphUrl: string;
  readonly webhookUrl?: string;
  readonly temporalAddress?: string;
}

/** The result of sending webhooks at a steady rate. */
export interface PaceResult {
  readonly sent: number;
  readonly acknowledged: number;
  /** From the time a request was due to its 200, in ms: a stalled server cannot hide by delaying later requests. */
  readonly latency: Spread;
}

/** A closed loop of people who each wait for an answer. */
export interface CrowdLoad {
  readonly to: Side;
  /** How many people there are; each has one conversation. */
  readonly people: number;
  /** How many of them wait for an answer at any time. */
  readonly atOnce: number;
  readonly seconds: number;
}

/** A burst of messages; each person writes several. */
export interface BurstLoad {
  readonly to: Side;
  readonly people: number;
  /** Messages of each person. */
  readonly each: number;
}

/** How long a burst took. */
export interface BurstResult {
  readonly total: number;
  /** Until every message was accepted: by a 200, or by Temporal for a bare loop. */
  readonly acknowledgedMs: number;
  /** Until every message was answered. */
  readonly answeredMs: number;
}

/** Requests in flight during a burst. */
const BURST_AT_ONCE = 64;
const QUESTION = 'When do you open?';

const targets = JSON.parse(process.argv[2] ?? '{}') as LoadTargets;
const answers = await listenForAnswers(targets.graphUrl);
const speakers: Partial<Record<Side, Speaker>> = {
  ...(targets.webhookUrl && { everthread: webhookSpeaker(targets.webhookUrl) }),
  ...(targets.temporalAddress && (await bareSpeakers(targets.temporalAddress))),
};

async function bareSpeakers(address: string): Promise<Pick<Record<Side, Speaker>, 'bare' | 'tuned'>> {
  const client = new Client({ connection: await Connection.connect({ address }) });
  return { bare: signalSpeaker(client, 'bare'), tuned: signalSpeaker(client, 'tuned') };
}

/** Sends one message; resolves to the time until its answer, ms. */
async function exchange(to: Side, person: number): Promise<number> {
  const answered = answers.next(psidOf(to, person));
  const since = monotonicMs();
  const [at] = await Promise.all([answered, speakers[to]!(person, QUESTION)]);
  return at - since;
}

/** A closed loop: each answer lets the next person write. Resolves to the number of turns. */
async function crowd({ to, people, atOnce, seconds }: CrowdLoad): Promise<number> {
  const since = monotonicMs();
  const until = since + seconds * 1000;
  const idle = Array.from({ length: people }, (_, person) => person);
  let turns = 0;
  const writer = async () => {
    while (monotonicMs() < until) {
      const person = idle.shift()!;
      await exchange(to, person);
      idle.push(person);
      if (monotonicMs() <= until) turns += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, writer));
  return turns;
}

/** An open loop: requests are sent when they are due, whether earlier ones were answered or not. */
async function pace({ rate, seconds, people }: { rate: number; seconds: number; people: number }): Promise<PaceResult> {
  const latencies: number[] = [];
  const total = Math.round(rate * seconds);
  const since = monotonicMs();
  const all: Promise<void>[] = [];
  while (all.length < total) {
    const due = Math.min(total, Math.floor(((monotonicMs() - since) * rate) / 1000) + 1);
    while (all.length < due) {
      const dueAt = since + (all.length * 1000) / rate;
      const acknowledged = speakers.everthread!(all.length % people, QUESTION);
      all.push(
        acknowledged.then(
          () => void latencies.push(monotonicMs() - dueAt),
          () => {},
        ),
      );
    }
    await delay(1);
  }
  await Promise.all(all);
  return { sent: total, acknowledged: latencies.length, latency: spread(latencies) };
}

/** Every person writes `each` messages without waiting for answers; resolves when all are answered. */
async function burst({ to, people, each }: BurstLoad): Promise<BurstResult> {
  const total = people * each;
  const goal = answers.count() + total;
  const since = monotonicMs();
  let next = 0;
  const writer = async () => {
    while (next < total) await speakers[to]!(next++ % people, QUESTION);
  };
  await Promise.all(Array.from({ length: BURST_AT_ONCE }, writer));
  const acknowledgedMs = monotonicMs() - since;
  while (answers.count() < goal) await delay(5);
  return { total, acknowledgedMs, answeredMs: monotonicMs() - since };
}

/** Each person writes once, 16 at a time; resolves when all are answered. */
async function greet({ to, from, upTo }: { to: Side; from: number; upTo: number }): Promise<void> {
  let next = from;
  const free = async () => {
    while (next < upTo) await exchange(to, next++);
  };
  await Promise.all(Array.from({ length: 16 }, free));
}

/** A bot whose code is still cold can be busy for almost as long without an answer. */
const SILENT_FOR_MS = 1000;

/** Resolves when the bots have sent nothing for a second. */
async function untilSilent(): Promise<void> {
  for (let before = -1; before !== answers.count(); await delay(SILENT_FOR_MS)) before = answers.count();
}

serveParent(
  {
    exchange: ({ to, person }: { to: Side; person: number }) => exchange(to, person),
    crowd,
    burst,
    pace,
    greet,
    untilSilent,
  },
  {},
);
