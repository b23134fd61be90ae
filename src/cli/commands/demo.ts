import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { request } from 'undici';
import { loadConfig, takeSecrets } from '../../config/index.ts';
import { startDev } from '../../dev/index.ts';
import { findRunningDev } from '../../dev/running-dev.ts';
import { createLog } from '../../log.ts';
import type { ThreadView } from '../../simulator/index.ts';
import { temporalCliIn } from '../../temporal/cli/index.ts';
import { endProcessAfter, progress, say } from '../terminal.ts';

type DemoStep = { readonly says: string } | { readonly hoursLater: number };

/** A conversation with `examples/shop`. The bot answers every message, and follows up during the pauses. */
const CONVERSATION: readonly DemoStep[] = [
  { says: 'Hello! What is your price for a blue mug?' },
  { says: 'Wait, what are your opening hours?' },
  { says: 'ana at shop' },
  { says: 'ana@shop.example' },
  { says: 'Ana' },
  { hoursLater: 13 },
  { hoursLater: 18 },
  { hoursLater: 72 },
  { says: 'Hi, I am back. Can I talk to a person?' },
];

const ANSWER_WITHIN_MS = 30_000;
/** The bot may send several messages; its answer is complete after this time without a new one. */
const SILENCE_MS = 600;

/** `everthread demo`: plays a scripted conversation. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Play a scripted conversation with days of follow-ups, and print it.')
    .argument('[bot]', "the bot's file, when no dev is running yet (default: BOT, or ./bot.ts)")
    .addHelpText('after', '\nExample:\n  everthread demo examples/shop/bot.ts')
    .action((bot?: string) => endProcessAfter(runDemo(bot)));
}

async function runDemo(bot?: string): Promise<void> {
  const running = findRunningDev();
  if (running) return play(running.url);
  const config = loadConfig(takeSecrets(process.env), { warn: progress });
  const log = createLog({
    level: process.env['LOG_LEVEL'] ? config.logLevel : 'error',
    isPretty: process.stdout.isTTY,
  });
  const temporalCli = temporalCliIn(process.env);
  const dev = await startDev({ bot: bot ?? config.bot, config, temporalCli, log, progress });
  try {
    await Promise.race([play(dev.addresses.url), dev.failed]);
  } finally {
    await dev.stop();
  }
}

async function play(url: string): Promise<void> {
  const api = `${url}/simulator/api/people`;
  const { psid, firstName, timezone } = await postJson<{ psid: string; firstName: string; timezone: number }>(api, {});
  const person = `${api}/${psid}`;
  await postJson(`${person}/time`, { ms: untilStart(timezone) });
  say(`\n  A conversation between ${firstName} and the bot; the days pass on Temporal's own clock.`);
  say(`  All times are ${firstName}'s, ${formatZone(timezone)}.\n`);

  let printed: ThreadView['bubbles'] = [];
  let thread: ThreadView;
  for (const step of CONVERSATION) {
    if ('says' in step) {
      await postJson(`${person}/messages`, { text: step.says });
      thread = await untilAnswered(person, printed.length + 1);
    } else {
      thread = await postJson<ThreadView>(`${person}/time`, { ms: step.hoursLater * HOUR_MS });
    }
    for (const line of demoLines(thread, printed.length)) say(line);
    printed = thread.bubbles;
  }
  say(`\n  Look at it: ${url}/simulator (while everthread dev runs)\n`);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The person's hour at which the demo begins: whenever it is started, quiet hours fall into the same gaps. */
const START_HOUR = 10;

/** How long until it is {@link START_HOUR} for somebody `timezone` hours ahead of UTC, ms. */
function untilStart(timezone: number): number {
  const sinceMidnightMs = (Date.now() + timezone * HOUR_MS) % DAY_MS;
  return Math.max(1, (START_HOUR * HOUR_MS - sinceMidnightMs + DAY_MS) % DAY_MS);
}

/** Resolves when the bot has answered and sends nothing more. */
async function untilAnswered(person: string, known: number): Promise<ThreadView> {
  const giveUpAt = Date.now() + ANSWER_WITHIN_MS;
  let seen = known;
  let silentSince = Date.now();
  for (;;) {
    const thread = await getJson<ThreadView>(person);
    if (thread.bubbles.length > seen) silentSince = Date.now();
    seen = thread.bubbles.length;
    if (seen > known && Date.now() - silentSince > SILENCE_MS) return thread;
    if (Date.now() > giveUpAt)
      throw new Error(`The bot did not answer within ${ANSWER_WITHIN_MS / 1000} seconds. Is it examples/shop?`);
    await delay(50);
  }
}

/** The bubbles from a place on, with the time between two of them where it is long; by the person's clock. */
export function demoLines({ person, bubbles }: Pick<ThreadView, 'person' | 'bubbles'>, from: number): string[] {
  const { firstName, timezone } = person;
  return bubbles.slice(from).flatMap((bubble, index) => {
    const before = bubbles[from + index - 1];
    const gap =
      before && bubble.at - before.at >= MIN_SHOWN_GAP_MS
        ? [`             … ${formatGap(bubble.at - before.at)} later …`]
        : [];
    const author = (bubble.author === 'person' ? firstName : bubble.author).padStart(6);
    return [...gap, `  ${formatClock(bubble.at, timezone)}  ${author}: ${bubble.text ?? ''}`];
  });
}

const MIN_SHOWN_GAP_MS = HOUR_MS / 2;

/** `13 hours`, `3 days 2 hours`, `40 minutes`: rounded to the last unit that is named. */
function formatGap(ms: number): string {
  const amount = (count: number, unit: string) => (count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`]);
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return amount(minutes, 'minute').join(' ');
  const hours = Math.round(ms / HOUR_MS);
  return [...amount(Math.floor(hours / 24), 'day'), ...amount(hours % 24, 'hour')].join(' ');
}

/** `Tue 10:00` where somebody is `timezone` hours ahead of UTC. */
function formatClock(at: number, timezone: number): string {
  const local = new Date(at + timezone * HOUR_MS).toUTCString();
  return `${local.slice(0, 3)} ${local.slice(17, 22)}`;
}

/** `UTC+5:30` */
function formatZone(timezone: number): string {
  const minutes = Math.round(Math.abs(timezone) * 60);
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `UTC${timezone < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

async function getJson<T>(url: string): Promise<T> {
  const { body } = await request(url);
  return (await body.json()) as T;
}

async function postJson<T>(url: string, content: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const { statusCode, body } = await request(url, { method: 'POST', headers, body: JSON.stringify(content) });
  if (statusCode >= 300) throw new Error(`${url} answered ${statusCode}: ${await body.text()}`);
  return (await body.json()) as T;
}
