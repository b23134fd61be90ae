import { setTimeout as delay } from 'node:timers/promises';
import type { ThreadView } from '../../src/simulator/index.ts';

/** Where people write: the simulator, in this process or behind its endpoints. */
export interface Place {
  addPerson(): { readonly psid: string } | Promise<{ readonly psid: string }>;
  says(psid: string, text: string): unknown;
  thread(psid: string): ThreadView | Promise<ThreadView>;
}

export interface Crowd {
  /** Everybody falls silent. */
  stop(): Promise<void>;
  report(): Promise<Report>;
  /** Resolves when more messages than so many have their answer. */
  untilTalking(answered?: number): Promise<void>;
  /** Resolves when every message has its answer, or when nothing has changed for so long. */
  untilAnswered(patienceMs: number): Promise<Report>;
}

/** What came of all that was said. */
export interface Report {
  readonly messages: number;
  /** Those whose webhook was answered with 200. */
  readonly acknowledged: number;
  readonly answeredOnce: number;
  readonly answeredTwice: number;
  readonly unanswered: number;
  /** Answers that came before the answer to an earlier message of the same person. */
  readonly outOfOrder: number;
  /** Messages whose webhook Meta had to bring more than once. */
  readonly deliveredAgain: number;
  readonly slowestAckMs: number;
}

export interface CrowdOptions {
  readonly people: number;
  /** All of them together. */
  readonly messagesPerSecond: number;
}

/** The simulator shows the newest 300 lines of a thread, and counting needs all. */
const MAX_MESSAGES_EACH = 145;
/** So long after one person was counted comes the next. */
const COUNTING_MS = 100;

/** People who write one numbered message after the other, without waiting for answers. */
export function startCrowd(place: Place, { people, messagesPerSecond }: CrowdOptions): Crowd {
  const psids: string[] = [];
  let isStopped = false;

  const talking = (async () => {
    while (psids.length < people) psids.push((await place.addPerson()).psid);
    for (let turn = 0; !isStopped && turn < people * MAX_MESSAGES_EACH; turn += 1) {
      await place.says(psids[turn % people] ?? '', String(1 + Math.floor(turn / people)));
      await delay(1000 / messagesPerSecond);
    }
  })();

  async function report(): Promise<Report> {
    return reportOf(await Promise.all(psids.map(async (psid) => place.thread(psid))));
  }

  return {
    report,
    async stop() {
      isStopped = true;
      await talking;
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
        // Counting is work for the simulator too, which meanwhile must answer as Meta.
        await delay(people * COUNTING_MS);
      }
    },
  };
}

function reportOf(threads: readonly ThreadView[]): Report {
  const each = threads.map(reportOfOne);
  const sum = (key: keyof Report) => each.reduce((total, one) => total + one[key], 0);
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

function reportOfOne({ bubbles, happenings }: ThreadView): Report {
  const said = bubbles.filter(({ author }) => author === 'person');
  const answers = bubbles
    .filter(({ author }) => author !== 'person')
    .map(({ text }) => text?.replace('Answer to ', ''));
  const times = said.map(({ text }) => answers.filter((answer) => answer === text).length);
  const places = said.map(({ text }) => answers.indexOf(text)).filter((place) => place >= 0);
  const webhooks = happenings.flatMap(({ kind, webhooks: ofIt }) => (kind === 'said' ? ofIt : []));
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
