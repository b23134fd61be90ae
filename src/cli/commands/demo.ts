import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { request } from 'undici';
import { loadConfig } from '../../config/index.ts';
import { findRunningDev, startDev } from '../../dev/index.ts';
import { createLog } from '../../log.ts';
import type { ThreadView } from '../../simulator/index.ts';
import { progress, say } from '../terminal.ts';

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
    .action(async (bot?: string) => {
      const running = findRunningDev();
      if (running) return play(running.url);
      const config = loadConfig(process.env, { warn: progress });
      const log = createLog({
        level: process.env['LOG_LEVEL'] ? config.logLevel : 'error',
        isPretty: process.stdout.isTTY,
      });
      const temporalCli = process.env['TEMPORAL_CLI'];
      const dev = await startDev({ bot: bot ?? config.bot, config, temporalCli, log, progress });
      try {
        await Promise.race([play(dev.addresses.url), dev.failed]);
      } finally {
        await dev.stop();
      }
    });
}

async function play(url: string): Promise<void> {
  const api = `${url}/simulator/api/people`;
  const { psid, firstName, timezone } = await postJson<{ psid: string; firstName: string; timezone: number }>(api, {});
  const person = `${api}/${psid}`;
  await postJson(`${person}/time`, { ms: untilStart(timezone) });
  say(`\n  A conversation between ${firstName} and the bot; the days pass on Temporal's own clock\n`);

  let printed = 0;
  let thread: ThreadView | undefined;
  for (const step of CONVERSATION) {
    if ('says' in step) {
      await postJson(`${person}/messages`, { text: step.says });
      thread = await untilAnswered(person, printed + 1);
    } else {
      say(`           … ${step.hoursLater} hours later …`);
      thread = await postJson<ThreadView>(`${person}/time`, { ms: step.hoursLater * HOUR_MS });
    }
    for (const bubble of thread.bubbles.slice(printed)) say(bubbleLine(bubble, firstName));
    printed = thread.bubbles.length;
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

function bubbleLine({ author, text, at }: ThreadView['bubbles'][number], firstName: string): string {
  const day = new Date(at).toLocaleString('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });
  return `  ${day}  ${(author === 'person' ? firstName : author).padStart(6)}: ${text ?? ''}`;
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
