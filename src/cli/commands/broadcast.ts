import type { Client } from '@temporalio/client';
import { Command, InvalidArgumentError } from 'commander';
import { dryRun } from '../../broadcasts/dry-run.ts';
import { findBroadcast, toKnownBot } from '../../broadcasts/known-bot.ts';
import {
  broadcastTally,
  EDITION_CURE,
  EDITION_PATTERN,
  findBroadcastRun,
  FIRST_EDITION,
  notRunning,
  startBroadcast,
  stopBroadcast,
} from '../../broadcasts/runs.ts';
import {
  findSchedule,
  nextStart,
  setPaused,
  type BroadcastSchedule,
  type NextStart,
} from '../../broadcasts/schedules.ts';
import { loadConfig, type Config } from '../../config/index.ts';
import { keyRing, type KeyRing } from '../../encryption/sealer.ts';
import type { KnownBroadcast } from '../../store/bot-facts.ts';
import { createTemporalClient } from '../../temporal/server/connect.ts';
import type { BroadcastTally } from '../../workflows/contract/index.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { readBot } from '../read-bot.ts';
import { chooseTemporal } from '../temporal-choice.ts';
import { progress, say } from '../terminal.ts';

interface BroadcastCommandOptions {
  readonly dryRun?: true;
  readonly status?: true;
  readonly stop?: true;
  readonly pause?: true;
  readonly resume?: true;
  readonly edition: string;
}

/** `everthread broadcast`: starts, stops and counts broadcasts. */
export function broadcastCommand(): Command {
  return new Command('broadcast')
    .description("Start one of the bot's broadcasts, show its progress, or count beforehand whom it would reach.")
    .argument('<name>', "the broadcast's name")
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .option(
      '--dry-run',
      'only count the people it would reach now, and the reasons for leaving out the others; nothing is sent',
    )
    .option(
      '--edition <name>',
      'each person gets an edition once; name another edition to send it again',
      edition,
      FIRST_EDITION,
    )
    .option('--status', 'show its progress, and its schedule if it has one')
    .option('--stop', 'start no further people; those it has started with continue')
    .option('--pause', 'do not start it by its schedule until --resume')
    .option('--resume', 'start it by its schedule again')
    .addHelpText('after', '\nExample:\n  everthread broadcast spring-offer --dry-run')
    .action(async (name: string, bot: string | undefined, options: BroadcastCommandOptions) => {
      const config = loadConfig(process.env, { warn: progress });
      const keys = keyRing(config.encryptionKeys);
      if (options.stop) {
        await withClient(keys, (client) => stopBroadcast(client, name));
        return say(`${name} stops: it starts with no further people.`);
      }
      if (options.pause || options.resume) {
        await withClient(keys, (client) => setPaused(client, name, options.pause === true));
        return say(options.pause ? `${name} does not start by itself any more.` : `${name} starts by itself again.`);
      }
      if (options.status) return withClient(keys, (client) => sayStatus(client, name, config));
      const found = findBroadcast(toKnownBot(await readBot(bot ?? config.bot)), name);
      if (!options.dryRun) {
        await withClient(keys, (client) => startBroadcast(client, { name, edition: options.edition }));
        return say(
          `${name} has started, edition ${options.edition}. Its progress: everthread broadcast ${name} --status`,
        );
      }
      const store = await openConfiguredStore(config);
      try {
        const clock = { now: () => Date.now() };
        const tally = await dryRun({ store, clock, ...config.policy }, found, { edition: options.edition });
        for (const line of dryRunLines(found, tally)) say(line);
      } finally {
        await store.close();
      }
    });
}

function edition(text: string): string {
  if (EDITION_PATTERN.test(text)) return text;
  throw new InvalidArgumentError(EDITION_CURE);
}

function dryRunLines({ name, perSecond }: KnownBroadcast, { begun, leftOut }: BroadcastTally): string[] {
  const reasons = Object.entries(leftOut).toSorted(([, one], [, other]) => other - one);
  return [
    `${name} would start for ${begun} people, within ${Math.ceil(begun / perSecond)} seconds.`,
    ...reasons.map(([reason, people]) => `  left out: ${people} (${reason})`),
    'Nothing was sent. docs/errors.md explains the reasons.',
  ];
}

async function sayStatus(client: Client, name: string, config: Config): Promise<void> {
  const schedule = await findSchedule(client, name);
  if (!schedule || (await findBroadcastRun(client, name))) say(await describeBroadcast(client, name));
  if (!schedule) return;
  const store = await openConfiguredStore(config);
  try {
    const { broadcasts = [] } = (await store.botFacts.find()) ?? {};
    const every = broadcasts.find((broadcast) => broadcast.name === name)?.every;
    say(describeSchedule(name, schedule, every && nextStart(every, Date.now())));
  } finally {
    await store.close();
  }
}

/** One line on when a broadcast starts by itself. */
export function describeSchedule(name: string, { isPaused }: BroadcastSchedule, next: NextStart | undefined): string {
  if (!next) return `${name} has a schedule of an older deploy, which starts nothing.`;
  const { when, timeZone, nextAt } = next;
  const own = `at ${when} of each person's day`;
  if (isPaused) return `${name} is paused. Without the pause it starts ${own}. End it with --resume.`;
  return `${name} starts by itself ${own}; in ${timeZone}, the time zone of people whose own is not known, next at ${new Date(nextAt).toISOString()}.`;
}

/** One line with the progress or the result of the latest run. */
export async function describeBroadcast(client: Client, name: string): Promise<string> {
  const run = await findBroadcastRun(client, name);
  if (!run) throw notRunning(name);
  const since = `since ${run.startedAt.toISOString()}`;
  if (run.result !== undefined) return `${name}, ${since}: ${run.result}`;
  if (run.status !== 'running') return `${name}, ${since}: ${run.temporalStatus}`;
  const { begun, leftOut } = await broadcastTally(client, name);
  const others = Object.values(leftOut).reduce((sum, people) => sum + people, 0);
  return `${name}, ${since}: ${begun} started, ${others} left out, running`;
}

/** Says which Temporal it asks. */
async function withClient(keys: KeyRing, act: (client: Client) => Promise<void>): Promise<void> {
  const { settings, label } = chooseTemporal(keys);
  progress(`Temporal at ${label}, namespace ${settings.namespace}.`);
  const client = createTemporalClient(settings);
  try {
    await act(client);
  } finally {
    await client.connection.close();
  }
}
