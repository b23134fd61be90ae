import { existsSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { createPayloadCodec } from '../../encryption/payload-codec.ts';
import { keyRing, type KeyRing } from '../../encryption/sealer.ts';
import { bundleBot, type BotFacts } from '../../temporal/bundling/bundle-bot.ts';
import { decryptHistory } from '../../temporal/encryption/decrypt-history.ts';
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
import { silenceTemporalLog } from '../../temporal/sdk-runtime.ts';
import { isTemporalReachable, createTemporalClient } from '../../temporal/server/connect.ts';
import { StartError } from '../../temporal/start-error.ts';
import { chooseTemporal } from '../temporal-choice.ts';
import { progress, say } from '../terminal.ts';

interface CheckOptions {
  readonly histories?: readonly RecordedRun[];
  readonly most: number;
  readonly save?: string;
  readonly reset?: boolean;
}

/** `everthread check`: replays recorded runs with today's code. */
export function checkCommand(): Command {
  return new Command('check')
    .description("Replay running conversations and sequences with today's code, and name the edits that break them.")
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .option('--histories <folder>', 'replay the files of this folder instead of the runs of a server', recordingsIn)
    .option(
      '--most <number>',
      'the most runs to replay, for conversations and for each sequence; the newest first',
      count,
      100,
    )
    .option('--save <folder>', 'save the histories as files; they contain what people wrote')
    .option(
      '--reset',
      'reset stuck runs, so that they continue with the code of the workers; messages after a changed one may be sent again',
    )
    .addHelpText('after', '\nExample:\n  TEMPORAL_ADDRESS=temporal:7233 everthread check ./bot.ts')
    .action(async (bot: string | undefined, options: CheckOptions) => {
      const config = loadConfig(process.env, { warn: progress });
      const bundling = () =>
        bundleBot(bot ?? config.bot, { warn: (_fields, message) => progress(message) }, { recordsCommands: true });
      if (options.histories === undefined)
        await withServer(keyRing(config.encryptionKeys), async (client) =>
          checkServer(client, await bundling(), options),
        );
      else {
        const codec = createPayloadCodec(keyRing(config.encryptionKeys));
        for (const { history } of options.histories) await decryptHistory(history, [codec]);
        await check(await bundling(), options.histories, options);
      }
    });
}

/** Refuses an empty folder, which would pass every check. */
function recordingsIn(folder: string): readonly RecordedRun[] {
  const found = existsSync(folder) ? readHistories(folder) : [];
  if (found.length > 0) return found;
  throw new InvalidArgumentError('No history (*.json) is there; --save writes those of running workflows.');
}

type Bundle = Awaited<ReturnType<typeof bundleBot>>;

async function withServer(keys: KeyRing, work: (client: Client) => Promise<void>): Promise<void> {
  const { settings, label } = chooseTemporal(keys);
  progress(`Checking the runs of Temporal at ${label}, namespace ${settings.namespace}.`);
  const client = createTemporalClient(settings);
  try {
    if (!(await isTemporalReachable(client))) {
      throw new StartError(
        'temporal_unreachable',
        `Temporal does not answer at ${label}. Set TEMPORAL_ADDRESS, start everthread dev, or replay files with --histories.`,
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
        ? `  ${workflowId} was reset.`
        : `  ${workflowId} is not stuck: its workers run other code than this, or it is waiting.`,
    );
  }
}

async function check(
  bundle: Bundle,
  recordings: Iterable<RecordedRun> | AsyncIterable<RecordedRun>,
  { save }: CheckOptions,
): Promise<readonly ReplayResult[]> {
  // Not earlier: a Temporal runtime that never had a worker keeps the process alive.
  silenceTemporalLog();
  const broken: ReplayResult[] = [];
  let all = 0;
  for await (const replayed of replay(bundle, recordings)) {
    all += 1;
    if (save !== undefined) saveHistory(save, replayed);
    if (replayed.problem === undefined) continue;
    broken.push(replayed);
    say(`✗ ${describeRun(replayed)}\n    ${replayed.problem}`);
  }
  if (save !== undefined) say(`${all} saved in ${save}. They contain what people wrote: treat them as private.`);
  say(all === 0 ? 'Nothing is running, so nothing can break.' : summaryOf(all, broken.length));
  if (broken.length > 0) process.exitCode = 1;
  return broken;
}

function summaryOf(all: number, broken: number): string {
  if (broken === 0) return `✓ ${all === 1 ? 'The one history replays' : `All ${all} histories replay`} with this code.`;
  return `${broken} of ${all} cannot continue with this code. What to do: docs/changing-code.md.`;
}

/** `conversation messenger:…, since 2026-11-02 10:14`. */
function describeRun({ workflowId, history }: RecordedRun): string {
  const { type, version, at } = readStart(history);
  const what = type === 'conversation' ? 'conversation' : `sequence ${type}, version ${version},`;
  return `${what} ${workflowId}, since ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}`;
}

/** One line for each version with its running workflows, and one for each version that can be deleted. */
export function countsOf(counts: readonly RunCount[], sequences: BotFacts['sequences']): string[] {
  const lines = counts.map(({ type, version, running }) => `  ${type}, version ${version}: ${running} running`);
  const over = counts.filter(
    ({ type, version, running }) =>
      running === 0 && sequences.some((other) => other.name === type && other.version > version),
  );
  return [
    ...lines,
    ...over.map(({ type, version }) => `No run is left in version ${version} of ${type}: you can delete it.`),
  ];
}

function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a number from 1 to 999999.');
}
