import { setTimeout as delay } from 'node:timers/promises';
import type { ThreadView } from '../../../src/simulator/index.ts';

/** The simulator, in this process or over HTTP. */
export interface CrowdTarget {
  addPerson(): { readonly psid: string } | Promise<{ readonly psid: string }>;
  says(psid: string, text: string): unknown;
  thread(psid: string): ThreadView | Promise<ThreadView>;
}

/** Simulated people who write to the bot. */
export interface Crowd {
  /** The PSIDs of those who write. */
  readonly people: readonly string[];
  /** Ends the writing. */
  stop(): Promise<void>;
  /** The messages and answers so far. */
  report(): Promise<CrowdReport>;
  /** Resolves when more than `answered` messages have an answer; default 0. */
  untilTalking(answered?: number): Promise<void>;
  /** Resolves when every message has its answer, or when nothing has changed for `patienceMs`. */
  untilAnswered(patienceMs: number): Promise<CrowdReport>;
}

/** Counts over all messages of a crowd. */
export interface CrowdReport {
  readonly messages: number;
  /** Messages whose webhook was answered with 200. */
  readonly acknowledged: number;
  readonly answeredOnce: number;
  readonly answeredTwice: number;
  readonly unanswered: number;
  /** Answers that came before the answer to an earlier message of the same person. */
  readonly outOfOrder: number;
  /** Messages whose webhook Meta delivered more than once. */
  readonly deliveredAgain: number;
  readonly slowestAckMs: number;
}

/** The load that a crowd makes. */
export interface CrowdOptions {
  readonly people: number;
  /** Of all people together. */
  readonly messagesPerSecond: number;
}

/** The simulator shows the newest 300 lines of a thread; a count needs all of them. */
const MAX_MESSAGES_EACH = 145;
/** Pause between two counts, for each person. */
const COUNT_PAUSE_MS = 100;

/** Starts people who write numbered messages without waiting for answers. */
export function startCrowd(place: CrowdTarget, { people, messagesPerSecond }: CrowdOptions): Crowd {
  const psids: string[] = [];
  let isStopped = false;

  const writing = (async () => {
    while (psids.length < people) psids.push((await place.addPerson()).psid);
    for (let turn = 0; !isStopped && turn < people * MAX_MESSAGES_EACH; turn += 1) {
      await place.says(psids[turn % people] ?? '', String(1 + Math.floor(turn / people)));
      await delay(1000 / messagesPerSecond);
    }
  })();

  async function report(): Promise<CrowdReport> {
    return countThreads(await Promise.all(psids.map(async (psid) => place.thread(psid))));
  }

  return {
    people: psids,
    report,
    async stop() {
      isStopped = true;
      await writing;
    },
    async untilTalking(answered = 0) {
      while ((await report()).answeredOnce <= answered) await delay(200);
    },
    async untilAnswered(patienceMs) {
      let before = '';
      for (let giveUpAt = Date.now() + patienceMs; ;) {
        const now = await report();
        if (now.unanswered === 0 || Date.now() > giveUpAt) return now;
        if (JSON.stringify(now) !== before) giveUpAt = Date.now() + patienceMs;
        before = JSON.stringify(now);
        // A count takes the simulator's time, in which it cannot answer as Meta.
        await delay(people * COUNT_PAUSE_MS);
      }
    },
  };
}

function countThreads(threads: readonly ThreadView[]): CrowdReport {
  const each = threads.map(countThread);
  const sum = (key: keyof CrowdReport) => each.reduce((total, one) => total + one[key], 0);
  return {
    messages: sum('messages'),
    acknowledged: sum('acknowledged'),
    answeredOnce: sum('answeredOnce'),
    answeredTwice: sum('answeredTwice'),
    unanswered: sum('unanswered'),
    outOfOrder: sum('outOfOrder'),
    deliveredAgain: sum('deliveredAgain'),
    slowestAckMs: Math.max(0, ...each.map(({ slowestAckMs }) => slowestAckMs)),
  };
}

function countThread({ bubbles, timeline }: ThreadView): CrowdReport {
  const said = bubbles.filter(({ author }) => author === 'person');
  const answers = bubbles
    .filter(({ author }) => author !== 'person')
    .map(({ text }) => text?.replace('Answer to ', ''));
  const times = said.map(({ text }) => answers.filter((answer) => answer === text).length);
  const places = said.map(({ text }) => answers.indexOf(text)).filter((place) => place >= 0);
  const webhooks = timeline.flatMap(({ kind, webhooks: ofIt }) => (kind === 'said' ? ofIt : []));
  return {
    messages: said.length,
    acknowledged: said.filter(({ mark }) => mark !== 'waiting').length,
    answeredOnce: times.filter((count) => count === 1).length,
    answeredTwice: times.filter((count) => count > 1).length,
    unanswered: times.filter((count) => count === 0).length,
    outOfOrder: places.filter((place, index) => index > 0 && place < (places[index - 1] ?? 0)).length,
    deliveredAgain: webhooks.filter(({ tries }) => tries > 1).length,
    slowestAckMs: Math.max(0, ...webhooks.map(({ isAccepted, tookMs = 0 }) => (isAccepted ? tookMs : 0))),
  };
}
