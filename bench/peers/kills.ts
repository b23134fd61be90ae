/** Kills a bot with SIGKILL while people write, and counts what became of the messages that it had acknowledged. */

import { setTimeout as delay } from 'node:timers/promises';
import { listenForCalls, type SendApiCall } from '../load/answers.ts';
import { webhookPoster, webhookSpeaker } from '../load/speakers.ts';
import { PAGE_ID, psidOf } from '../people.ts';
import type { RunningSystem } from './systems.ts';

/** What became of the acknowledged messages. */
export interface KillCounts {
  readonly acknowledged: number;
  /** Never answered. */
  readonly lost: number;
  /** Answered more than once. */
  readonly twice: number;
  /** Answered for the first time before an earlier message of the same person. */
  readonly outOfOrder: number;
}

/** How long the fake Graph server takes, so that a kill meets calls whose outcome the bot does not know. */
export const CALL_TAKES_MS = 200;
const PEOPLE = 20;
/** Of each person, who also waits for the webhook to be acknowledged before the next message: their order is known. */
const BETWEEN_MESSAGES_MS = 300;
/** A life lasts so long, from the moment when the bot is ready. */
const LIFE_MS = { min: 1500, max: 4500 };
/** BullMQ takes up a dead worker's job after up to 60 s; a late second answer counts too. */
const SILENT_FOR_MS = 65_000;
const GIVE_UP_AFTER_MS = 300_000;
const REDELIVER_AFTER_MS = 500;

/** Messages are not delivered again when they were not acknowledged; the echoes of the answers are. */
export async function killUnderLoad(
  { bot, webhookUrl }: RunningSystem,
  { graphUrl, kills }: { readonly graphUrl: string; readonly kills: number },
): Promise<KillCounts> {
  const answers = new Map<string, string[]>();
  let lastAnswerAt = Date.now();
  const echo = echoer(webhookUrl);
  const stopListening = await listenForCalls(graphUrl, (call) => {
    lastAnswerAt = Date.now();
    answers.set(call.psid, [...(answers.get(call.psid) ?? []), call.text?.replace('You said: ', '') ?? '']);
    void echo.send(call);
  });

  const people = Array.from({ length: PEOPLE }, (_, person) => startWriter(webhookUrl, person));
  for (let kill = 0; kill < kills; kill += 1) {
    await delay(LIFE_MS.min + Math.random() * (LIFE_MS.max - LIFE_MS.min));
    await bot.kill();
  }
  await delay(LIFE_MS.min);
  const acknowledged = await Promise.all(people.map((person) => person.stop()));

  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  while (Date.now() - lastAnswerAt < SILENT_FOR_MS && Date.now() < giveUpAt) await delay(500);
  stopListening();
  echo.stop();
  return sum(acknowledged.map((texts, person) => count(texts, answers.get(psidOf('everthread', person)) ?? [])));
}

/** A person who writes numbers; `stop` resolves to those that were acknowledged. */
function startWriter(webhookUrl: string, person: number) {
  const say = webhookSpeaker(webhookUrl);
  const acknowledged: string[] = [];
  let isStopped = false;
  const writing = (async () => {
    await delay((person * BETWEEN_MESSAGES_MS) / PEOPLE);
    for (let number = 1; !isStopped; number += 1) {
      await say(person, String(number)).then(
        () => void acknowledged.push(String(number)),
        () => {}, // killed: Meta would deliver it again
      );
      await delay(BETWEEN_MESSAGES_MS);
    }
  })();
  return {
    async stop(): Promise<readonly string[]> {
      isStopped = true;
      await writing;
      return acknowledged;
    },
  };
}

/** Posts the echo of each call, as Meta does for a Page that subscribes to `message_echoes`; again until it is acknowledged. */
function echoer(webhookUrl: string) {
  const post = webhookPoster(webhookUrl);
  let isStopped = false;
  return {
    async send({ psid, mid, text, metadata }: SendApiCall): Promise<void> {
      const message = { is_echo: true, app_id: 517776481860111, mid, text, metadata };
      const deliver = () => post({ sender: { id: PAGE_ID }, recipient: { id: psid }, message });
      while (!isStopped) {
        const isAcknowledged = await deliver().then(
          () => true,
          () => false,
        );
        if (isAcknowledged) return;
        await delay(REDELIVER_AFTER_MS);
      }
    },
    stop: () => void (isStopped = true),
  };
}

function count(acknowledged: readonly string[], answers: readonly string[]): KillCounts {
  const times = acknowledged.map((text) => answers.filter((answer) => answer === text).length);
  const places = acknowledged.map((text) => answers.indexOf(text)).filter((place) => place >= 0);
  return {
    acknowledged: acknowledged.length,
    lost: times.filter((one) => one === 0).length,
    twice: times.filter((one) => one > 1).length,
    outOfOrder: places.filter((place, index) => index > 0 && place < places[index - 1]!).length,
  };
}

function sum(counts: readonly KillCounts[]): KillCounts {
  const total = (key: keyof KillCounts) => counts.reduce((all, one) => all + one[key], 0);
  return {
    acknowledged: total('acknowledged'),
    lost: total('lost'),
    twice: total('twice'),
    outOfOrder: total('outOfOrder'),
  };
}
