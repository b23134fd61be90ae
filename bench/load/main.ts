/** The load generator, in a process of its own: the same people, the same pace, for everthread and for the bare loop. */

import { setTimeout as delay } from 'node:timers/promises';
import { spread, type Spread } from '../numbers.ts';
import { psidOf, type Side } from '../people.ts';
import { monotonicMs, serveParent } from '../processes/child-process.ts';
import { listenForAnswers } from './answers.ts';
import { signalSpeaker, webhookSpeaker, type Speaker } from './speakers.ts';

/** Where both sides are; a side that is left out is not spoken to. */
export interface LoadTargets {
  readonly graphUrl: string;
  readonly webhookUrl?: string;
  readonly temporalAddress?: string;
}

export interface PaceResult {
  readonly sent: number;
  readonly acknowledged: number;
  /** From the moment a request was due to its 200, ms: a server that stalls cannot hide it by slowing us down. */
  readonly latency: Spread;
}

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

/** One message and its answer; gives the time between them, ms. */
async function exchange(to: Side, person: number): Promise<number> {
  const answered = answers.next(psidOf(to, person));
  const since = monotonicMs();
  const [at] = await Promise.all([answered, speakers[to]!(person, QUESTION)]);
  return at - since;
}

/** A closed loop: whoever got an answer makes room for the next one. Gives the number of turns. */
async function crowd({ to, people, atOnce, seconds }: CrowdLoad): Promise<number> {
  const since = monotonicMs();
  const until = since + seconds * 1000;
  const silent = Array.from({ length: people }, (_, person) => person);
  let turns = 0;
  const talk = async () => {
    while (monotonicMs() < until) {
      const person = silent.shift()!;
      await exchange(to, person);
      silent.push(person);
      if (monotonicMs() <= until) turns += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, talk));
  return turns;
}

/** An open loop: requests leave when they are due, whatever became of the ones before. */
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

/** Everybody says something once, in small groups; returns when all are answered. */
async function greet({ to, from, upTo }: { to: Side; from: number; upTo: number }): Promise<void> {
  let next = from;
  const free = async () => {
    while (next < upTo) await exchange(to, next++);
  };
  await Promise.all(Array.from({ length: 16 }, free));
}

/** Waits until the bots have been silent for a while. */
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
