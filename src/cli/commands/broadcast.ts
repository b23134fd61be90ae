import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { Command, InvalidArgumentError } from 'commander';
import { candidates, leftOutReason, type AudienceDeps } from '../../activities/audience.ts';
import { loadConfig, storeUrl } from '../../config/index.ts';
import { BotError } from '../../domain/bot-error.ts';
import { broadcastCauseId } from '../../domain/cause.ts';
import { contactQuery, type Segment } from '../../plugins/segment.ts';
import { openStore } from '../../store/index.ts';
import type { BotFacts, BroadcastFacts } from '../../temporal/bundling/bundle-bot.ts';
import { createTemporalClient } from '../../temporal/server/connect.ts';
import {
  BROADCAST_TYPE,
  broadcastId,
  broadcastTallyQuery,
  stopSequenceSignal,
  TASK_QUEUE,
  type BroadcastInput,
  type BroadcastTally,
} from '../../workflows/contract/index.ts';
import { readBot } from '../read-bot.ts';
import { chooseTemporal } from '../temporal-choice.ts';
import { progress, say } from '../terminal.ts';
import { segmentNamed } from './contacts.ts';

interface BroadcastCommandOptions {
  readonly dryRun?: true;
  readonly status?: true;
  readonly stopBroadcast?: true;
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
    .option('--edition <name>', 'each person gets an edition once; name another edition to send it again', edition, '1')
    .option('--status', 'show its progress')
    .option('--stop', 'start no further people; those it has started with continue')
    .addHelpText('after', '\nExample:\n  everthread broadcast spring-offer --dry-run')
    .action(async (name: string, bot: string | undefined, options: BroadcastCommandOptions) => {
      if (options.stopBroadcast) return withClient((client) => stop(client, name));
      if (options.status) return withClient(async (client) => say(await describeBroadcast(client, name)));
      const config = loadConfig(process.env, { warn: progress });
      const facts = await readBot(bot ?? config.bot);
      const found = findBroadcastFacts(facts, name);
      if (!options.dryRun) {
        await withClient((client) => startBroadcast(client, { name, edition: options.edition }));
        return say(
          `${name} has started, edition ${options.edition}. Its progress: everthread broadcast ${name} --status`,
        );
      }
      const store = await openStore(storeUrl(config));
      try {
        const clock = { now: () => Date.now() };
        const tally = await dryRun({ store, clock, ...config.policy }, found, options.edition);
        for (const line of dryRunLines(found.broadcast, tally)) say(line);
      } finally {
        await store.close();
      }
    });
}

function edition(text: string): string {
  if (/^[\w.-]{1,40}$/.test(text)) return text;
  throw new InvalidArgumentError('Write up to 40 letters, digits, dots and hyphens, such as 2026-spring.');
}

interface FoundBroadcast {
  readonly broadcast: BroadcastFacts;
  readonly segment: Segment;
}

/** The broadcast and its segment; throws a `BotError` that names the broadcasts there are. */
export function findBroadcastFacts({ broadcasts = [], segments = {} }: BotFacts, name: string): FoundBroadcast {
  const broadcast = broadcasts.find((candidate) => candidate.name === name);
  if (!broadcast) {
    const known = broadcasts.map((candidate) => candidate.name).join(', ') || 'none';
    throw new BotError('broadcast_unknown', `The bot has no broadcast "${name}". It has: ${known}.`);
  }
  const { to } = broadcast;
  return { broadcast, segment: typeof to === 'string' ? segmentNamed(segments, to) : to };
}

/** Counts the people in the segment with the same policy as the broadcast. Nothing is sent or written. */
export async function dryRun(
  deps: AudienceDeps,
  { broadcast: { name, messageClass }, segment }: FoundBroadcast,
  ofEdition: string,
): Promise<BroadcastTally> {
  const occasion = broadcastCauseId(name, ofEdition);
  const leftOut: Record<string, number> = {};
  let begun = 0;
  for await (const candidate of candidates(deps, { name, occasion, query: contactQuery(segment), messageClass })) {
    const reason = await leftOutReason(deps, { name, occasion }, candidate);
    if (reason === undefined) begun += 1;
    else leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  }
  return { begun, leftOut };
}

function dryRunLines({ name, perSecond }: BroadcastFacts, { begun, leftOut }: BroadcastTally): string[] {
  const reasons = Object.entries(leftOut).toSorted(([, one], [, other]) => other - one);
  return [
    `${name} would start for ${begun} people, within ${Math.ceil(begun / perSecond)} seconds.`,
    ...reasons.map(([reason, people]) => `  left out: ${people} (${reason})`),
    'Nothing was sent. docs/errors.md explains the reasons.',
  ];
}

/** Starts the broadcast's workflow; throws `broadcast_running` if it is running. */
export async function startBroadcast(client: Client, input: BroadcastInput): Promise<void> {
  try {
    await client.workflow.start(BROADCAST_TYPE, {
      workflowId: broadcastId(input.name),
      taskQueue: TASK_QUEUE,
      args: [input],
      staticSummary: `Broadcast ${input.name}, edition ${input.edition}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new BotError(
      'broadcast_running',
      `The broadcast ${input.name} is running. Wait for its end, or stop it with --stop.`,
    );
  }
}

async function stop(client: Client, name: string): Promise<void> {
  await orNotRunning(name, client.workflow.getHandle(broadcastId(name)).signal(stopSequenceSignal, 'an operator'));
  say(`${name} stops: it starts with no further people.`);
}

/** One line with the progress or the result of the latest run. */
export async function describeBroadcast(client: Client, name: string): Promise<string> {
  const handle = client.workflow.getHandle(broadcastId(name));
  const { status, startTime } = await orNotRunning(name, handle.describe());
  const since = `since ${startTime.toISOString()}`;
  if (status.name === 'COMPLETED') return `${name}, ${since}: ${String(await handle.result())}`;
  if (status.name !== 'RUNNING') return `${name}, ${since}: ${status.name.toLowerCase()}`;
  const { begun, leftOut } = await handle.query(broadcastTallyQuery);
  const others = Object.values(leftOut).reduce((sum, people) => sum + people, 0);
  return `${name}, ${since}: ${begun} started, ${others} left out, running`;
}

async function orNotRunning<T>(name: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new BotError('broadcast_not_running', `The broadcast ${name} is not running. Start it.`);
  }
}

/** Says which Temporal it asks. */
async function withClient(act: (client: Client) => Promise<void>): Promise<void> {
  const { settings, label } = chooseTemporal();
  progress(`Temporal at ${label}, namespace ${settings.namespace}.`);
  const client = createTemporalClient(settings);
  try {
    await act(client);
  } finally {
    await client.connection.close();
  }
}
