/** The load generator, in a process of its own: the same load for everthread and for the bare loop. */

import { setTimeout as delay } from 'node:timers/promises';
import { spread, type Spread } from '../numbers.ts';
import { psidOf, type Side } from '../people.ts';
import { monotonicMs, serveParent } from '../processes/child-process.ts';
import { listenForAnswers } from './answers.ts';
import { signalSpeaker, webhookSpeaker, type Speaker } from './speakers.ts';

/** The addresses of both sides; an omitted side gets no load. */
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

const QUESTION = 'When do you open?';

const targets = JSON.parse(process.argv[2] ?? '{}') as LoadTargets;
const answers = await listenForAnswers(targets.graphUrl);
const speakers: Partial<Record<Side, Speaker>> = {
  ...(targets.webhookUrl && { everthread: webhookSpeaker(targets.webhookUrl) }),
  ...(targets.temporalAddress && { bare: await signalSpeaker(targets.temporalAddress) }),
};

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

/** Each person writes once, 16 at a time; resolves when all are answered. */
async function greet({ to, from, upTo }: { to: Side; from: number; upTo: number }): Promise<void> {
  let next = from;
  const free = async () => {
    while (next < upTo) await exchange(to, next++);
  };
  await Promise.all(Array.from({ length: 16 }, free));
}

/** Resolves when the bots have sent nothing for 300 ms. */
async function untilSilent(): Promise<void> {
  for (let before = -1; before !== answers.count(); await delay(300)) before = answers.count();
}

serveParent(
  {
    exchange: ({ to, person }: { to: Side; person: number }) => exchange(to, person),
    crowd,
    pace,
    greet,
    untilSilent,
  },
  {},
);
