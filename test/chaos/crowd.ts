import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '../../src/simulator/index.ts';

export interface Crowd {
  /** Everybody falls silent. */
  stop(): Promise<void>;
  report(): Report;
  /** Resolves when every message has its answer, or the patience is over. */
  untilAnswered(patienceMs: number): Promise<Report>;
}

/** What came of all that was said. */
export interface Report {
  readonly messages: number;
  readonly answeredOnce: number;
  readonly answeredTwice: number;
  readonly unanswered: number;
  /** Answers that came before the answer to an earlier message of the same person. */
  readonly outOfOrder: number;
}

export interface CrowdOptions {
  readonly people: number;
  /** All of them together. */
  readonly messagesPerSecond: number;
}

/** People who write one numbered message after the other, without waiting for answers. */
export function startCrowd(simulator: Simulator, { people, messagesPerSecond }: CrowdOptions): Crowd {
  const persons = Array.from({ length: people }, () => simulator.addPerson());
  const said = new Map(persons.map(({ psid }) => [psid, 0]));
  let isStopped = false;

  const talking = (async () => {
    for (let turn = 0; !isStopped; turn += 1) {
      const person = persons[turn % persons.length];
      if (!person) return;
      const number = (said.get(person.psid) ?? 0) + 1;
      said.set(person.psid, number);
      simulator.says(person.psid, String(number));
      await delay(1000 / messagesPerSecond);
    }
  })();

  function answersTo(psid: string): number[] {
    return simulator
      .thread(psid)
      .bubbles.filter(({ author }) => author !== 'person')
      .map(({ text }) => Number(text?.replace('Answer to ', '')));
  }

  function report(): Report {
    const total = { messages: 0, answeredOnce: 0, answeredTwice: 0, unanswered: 0, outOfOrder: 0 };
    for (const [psid, count] of said) {
      const answers = answersTo(psid);
      total.messages += count;
      total.outOfOrder += answers.filter((answer, place) => answer < Math.max(0, ...answers.slice(0, place))).length;
      for (let number = 1; number <= count; number += 1) {
        const times = answers.filter((answer) => answer === number).length;
        if (times === 0) total.unanswered += 1;
        else if (times === 1) total.answeredOnce += 1;
        else total.answeredTwice += 1;
      }
    }
    return total;
  }

  return {
    report,
    async stop() {
      isStopped = true;
      await talking;
    },
    async untilAnswered(patienceMs) {
      const giveUpAt = Date.now() + patienceMs;
      for (;;) {
        const now = report();
        if (now.unanswered === 0 || Date.now() > giveUpAt) return now;
        // Counting is work for the simulator too, which meanwhile must answer as Meta.
        await delay(2000);
      }
    },
  };
}
