import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { request } from 'undici';
import { loadConfig } from '../../config/index.ts';
import { findRunningDev, startDev } from '../../dev/index.ts';
import { createLog } from '../../log.ts';
import type { ThreadView } from '../../simulator/index.ts';
import { progress, say } from '../terminal.ts';

type Step = { readonly says: string } | { readonly hoursLater: number };

/** A talk with `examples/shop`. Every message is answered; what comes after a pause comes by itself. */
const TALK: readonly Step[] = [
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
/** The bot may say more than one thing; it is done when nothing new came for so long. */
const SILENCE_MS = 600;

export function demoCommand(): Command {
  return new Command('demo')
    .description('Play a scripted talk, days of follow-up included, and print it.')
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
  const { psid, firstName } = await post<{ psid: string; firstName: string }>(api, {});
  const person = `${api}/${psid}`;
  say(`\n  A talk between ${firstName} and the bot, with time passing on Temporal's own clock\n`);

  let shown = 0;
  let thread: ThreadView | undefined;
  for (const step of TALK) {
    if ('says' in step) {
      await post(`${person}/messages`, { text: step.says });
      thread = await untilAnswered(person, shown + 1);
    } else {
      say(`           … ${step.hoursLater} hours later …`);
      thread = await post<ThreadView>(`${person}/time`, { ms: step.hoursLater * 3_600_000 });
    }
    for (const bubble of thread.bubbles.slice(shown)) say(line(bubble, firstName));
    shown = thread.bubbles.length;
  }
  say(`\n  Look at it: ${url}/simulator (while everthread dev runs)\n`);
}

/** Waits until the bot has answered and fallen silent. */
async function untilAnswered(person: string, known: number): Promise<ThreadView> {
  const giveUpAt = Date.now() + ANSWER_WITHIN_MS;
  let seen = known;
  let silentSince = Date.now();
  for (;;) {
    const thread = await get<ThreadView>(person);
    if (thread.bubbles.length > seen) silentSince = Date.now();
    seen = thread.bubbles.length;
    if (seen > known && Date.now() - silentSince > SILENCE_MS) return thread;
    if (Date.now() > giveUpAt)
      throw new Error(`The bot did not answer within ${ANSWER_WITHIN_MS / 1000} seconds. Is it examples/shop?`);
    await delay(50);
  }
}

function line({ author, text, at }: ThreadView['bubbles'][number], firstName: string): string {
  const day = new Date(at).toLocaleString('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });
  return `  ${day}  ${(author === 'person' ? firstName : author).padStart(6)}: ${text ?? ''}`;
}

async function get<T>(url: string): Promise<T> {
  const { body } = await request(url);
  return (await body.json()) as T;
}

async function post<T>(url: string, content: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const { statusCode, body } = await request(url, { method: 'POST', headers, body: JSON.stringify(content) });
  if (statusCode >= 300) throw new Error(`${url} answered ${statusCode}: ${await body.text()}`);
  return (await body.json()) as T;
}
