import { existsSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { findRunningDev } from '../../dev/index.ts';
import { silenceEngine } from '../../log.ts';
import { bundleBot, type BotFacts } from '../../temporal/bundling/bundle-bot.ts';
import { readStart } from '../../temporal/replay/history-actions.ts';
import {
  countRuns,
  readHistories,
  fetchRunningHistories,
  saveHistory,
  workflowTypes,
  type RunCount,
} from '../../temporal/replay/recordings.ts';
import { replay, type RecordedRun, type ReplayResult } from '../../temporal/replay/replay.ts';
import { findStuckRun, resetRun } from '../../temporal/replay/stuck-runs.ts';
import { isTemporalReachable, createTemporalClient, temporalSettings } from '../../temporal/server/connect.ts';
import { StartError } from '../../temporal/start-error.ts';
import { progress, say } from '../terminal.ts';

interface CheckOptions {
  readonly histories?: readonly RecordedRun[];
  readonly most: number;
  readonly save?: string;
  readonly reset?: boolean;
}

export function checkCommand(): Command {
  return new Command('check')
    .description("Replay what is under way against today's code, and say which edit broke which conversation.")
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .option('--histories <folder>', 'replay the files of this folder, and ask no server', recordingsIn)
    .option(
      '--most <number>',
      'replay at most so many of conversations, and of each sequence, the newest first',
      count,
      100,
    )
    .option('--save <folder>', 'keep the histories there as files; what people wrote stands in them')
    .option(
      '--reset',
      'let those that are stuck begin again with the code that the workers run; what stands behind a new message may be said once more',
    )
    .addHelpText('after', '\nExample:\n  TEMPORAL_ADDRESS=temporal:7233 everthread check ./bot.ts')
    .action(async (bot: string | undefined, options: CheckOptions) => {
      const config = loadConfig(process.env, { warn: progress });
      const bundling = () =>
        bundleBot(bot ?? config.bot, { warn: (_fields, message) => progress(message) }, { recordsCommands: true });
      if (options.histories === undefined)
        await withServer(async (client) => checkServer(client, await bundling(), options));
      else await check(await bundling(), options.histories, options);
    });
}

/** An empty folder would pass every check. */
function recordingsIn(folder: string): readonly RecordedRun[] {
  const found = existsSync(folder) ? readHistories(folder) : [];
  if (found.length > 0) return found;
  throw new InvalidArgumentError('No history (*.json) is there; --save keeps those under way.');
}

type Bundle = Awaited<ReturnType<typeof bundleBot>>;

async function withServer(work: (client: Client) => Promise<void>): Promise<void> {
  const dev = process.env['TEMPORAL_ADDRESS'] ? undefined : findRunningDev();
  const settings = temporalSettings(dev?.temporalAddress);
  const client = createTemporalClient(settings);
  try {
    if (!(await isTemporalReachable(client))) {
      throw new StartError(
        'temporal_unreachable',
        `Temporal does not answer at ${settings.connection.address ?? 'localhost:7233'}. Set TEMPORAL_ADDRESS, start everthread dev, or replay files with --histories.`,
      );
    }
    await work(client);
  } finally {
    await client.connection.close();
  }
}

async function checkServer(client: Client, bundle: Bundle, options: CheckOptions): Promise<void> {
  const { sequences } = bundle.facts;
  const broken = await check(bundle, fetchRunningHistories(client, workflowTypes(sequences), options.most), options);
  for (const line of countsOf(await countRuns(client, sequences), sequences)) say(line);
  if (!options.reset) return;
  for (const { workflowId } of broken) {
    const stuck = await findStuckRun(client, workflowId);
    if (stuck) await resetRun(client, stuck);
    say(
      stuck
        ? `  ${workflowId} begins again.`
        : `  ${workflowId} is not stuck: its workers run other code than this, or it waits.`,
    );
  }
}

async function check(
  bundle: Bundle,
  recordings: Iterable<RecordedRun> | AsyncIterable<RecordedRun>,
  { save }: CheckOptions,
): Promise<readonly ReplayResult[]> {
  // Not earlier: an engine that never had a worker keeps the process alive.
  silenceEngine();
  const broken: ReplayResult[] = [];
  let all = 0;
  for await (const replayed of replay(bundle, recordings)) {
    all += 1;
    if (save !== undefined) saveHistory(save, replayed);
    if (replayed.problem === undefined) continue;
    broken.push(replayed);
    say(`✗ ${nameOf(replayed)}\n    ${replayed.problem}`);
  }
  if (save !== undefined)
    say(`${all} kept in ${save}. What people wrote stands in them: keep them as you keep letters.`);
  say(all === 0 ? 'Nothing is under way, so nothing can break.' : summaryOf(all, broken.length));
  if (broken.length > 0) process.exitCode = 1;
  return broken;
}

function summaryOf(all: number, broken: number): string {
  if (broken === 0) return `✓ ${all === 1 ? 'The one history goes' : `All ${all} histories go`} on with this code.`;
  return `${broken} of ${all} cannot go on with this code. What to do: docs/changing-code.md.`;
}

/** `conversation messenger:…, since 2026-11-02 10:14`. */
function nameOf({ workflowId, history }: RecordedRun): string {
  const { type, version, at } = readStart(history);
  const what = type === 'conversation' ? 'conversation' : `sequence ${type}, version ${version},`;
  return `${what} ${workflowId}, since ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}`;
}

/** What of each version is under way, and which versions are needed no longer. */
export function countsOf(counts: readonly RunCount[], sequences: BotFacts['sequences']): string[] {
  const lines = counts.map(({ type, version, running }) => `  ${type}, version ${version}: ${running} under way`);
  const over = counts.filter(
    ({ type, version, running }) =>
      running === 0 && sequences.some((other) => other.name === type && other.version > version),
  );
  return [
    ...lines,
    ...over.map(({ type, version }) => `Nobody is in version ${version} of ${type} any more: it may be deleted.`),
  ];
}

function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a number from 1 to 999999.');
}
