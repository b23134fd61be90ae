import { Command, InvalidArgumentError } from 'commander';
import { startWorkerHealth, type RunningHealth } from '../../api/worker-health.ts';
import { loadConfig, readPages, storeUrl, type Need } from '../../config/index.ts';
import type { Clock } from '../../domain/clock.ts';
import { watchPages } from '../../graph/pages.ts';
import { startConfiguredLeadRelay, type LeadRelay } from '../../leads/outbox-relay.ts';
import { createLog } from '../../log.ts';
import { USUAL_FIELDS } from '../../messenger/inbound/webhook-fields.ts';
import { startServer, type RunningServer } from '../../server.ts';
import { openStore } from '../../store/index.ts';
import { bundleInChild } from '../../temporal/bundling/bundle-in-child.ts';
import { isTemporalReachable, createTemporalClient, temporalSettings } from '../../temporal/server/connect.ts';
import { choosePort } from '../../temporal/server/free-port.ts';
import { startWorker, type RunningWorker } from '../../worker.ts';
import { graphOf, requireGraphApi } from '../page-choice.ts';
import { untilAskedToStop } from '../terminal.ts';

/** The parts of everthread that one process runs. */
interface Parts {
  readonly api: boolean;
  readonly worker: boolean;
}

const realTime: Clock = { now: () => Date.now() };

/** `everthread start`: api and worker in one process. */
export function startCommand(): Command {
  return new Command('start')
    .description('Run the bot for a Page: api and worker in one process, with your Temporal.')
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .addHelpText('after', '\nExample:\n  TEMPORAL_ADDRESS=temporal:7233 everthread start ./bot.ts')
    .action((bot?: string) => serve({ api: true, worker: true }, bot));
}

/** `everthread api`: only the api. */
export function apiCommand(): Command {
  return new Command('api')
    .description('Run only the api: store webhooks in the inbox, deliver events to Temporal. You can run several.')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://… TEMPORAL_ADDRESS=temporal:7233 everthread api')
    .argument(
      '[bot]',
      "the bot's file, to report missing webhook fields that only a plugin needs (default: the usual fields)",
    )
    .action((bot?: string) => serve({ api: true, worker: false }, bot));
}

/** `everthread worker`: only the worker. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('Run only the worker: conversations, sequences and sends. You can run several.')
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .addHelpText(
      'after',
      '\nExample:\n  DATABASE_URL=postgres://… TEMPORAL_ADDRESS=temporal:7233 everthread worker ./bot.ts',
    )
    .option('--port <number>', 'answer /healthz, /readyz and /metrics on this port (default: none)', parsePort)
    .action((bot: string | undefined, { port }: { readonly port?: number }) =>
      serve({ api: false, worker: true }, bot, port),
    );
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('Write a number from 0 to 65535; 0 takes any free port.');
}

async function serve(parts: Parts, bot?: string, healthPort?: number): Promise<void> {
  const needs: Need[] = [...(parts.api ? (['webhook'] as const) : []), ...(parts.worker ? (['send'] as const) : [])];
  const config = loadConfig(process.env, { needs, warn: (sentence) => process.stderr.write(`${sentence}\n`) });
  const log = createLog({ level: config.logLevel, isPretty: process.stdout.isTTY });
  const stopAsked = untilAskedToStop();
  await requireGraphApi(config);

  const settings = temporalSettings();
  const client = createTemporalClient(settings);
  const store = await openStore(storeUrl(config));
  const pages = watchPages({ read: () => readPages(process.env), log });
  const shared = { store, client, clock: realTime, log };
  let server: RunningServer | undefined;
  let worker: RunningWorker | undefined;
  let health: RunningHealth | undefined;
  let leadRelay: LeadRelay | undefined;
  let isWorkerReady = false;
  try {
    const { host, port: wanted } = config.http;
    const port = parts.api ? await choosePort({ port: wanted, isSetByHand: true, setting: 'PORT', host }) : wanted;
    if (healthPort !== undefined) {
      const free = await choosePort({ port: healthPort, isSetByHand: true, setting: '--port', host });
      const isAtWork = async () => isWorkerReady && isTemporalReachable(client);
      health = await startWorkerHealth({ store, log, host, port: free, isAtWork });
      log.info({ url: health.url }, 'Serving health and metrics');
    }
    // Before the api listens, so that a bot that cannot be bundled ends the start.
    const botFile = parts.worker ? (bot ?? config.bot) : bot;
    const bundle = botFile === undefined ? undefined : await bundleInChild(botFile, log);
    if (parts.api) {
      server = await startServer({
        ...shared,
        verifyToken: config.verifyToken?.reveal() ?? '',
        appSecrets: config.appSecrets.map((secret) => secret.reveal()),
        host,
        port,
        subscriptions: {
          graph: graphOf(config),
          pages,
          appId: config.appId,
          fields: bundle?.facts.fields ?? USUAL_FIELDS,
          resubscribes: config.resubscribes,
        },
      });
      log.info({ url: server.url }, 'Accepting webhooks');
    }
    if (parts.worker && bundle) {
      leadRelay = startConfiguredLeadRelay(config, store, log);
      worker = startWorker({
        ...shared,
        bot: bot ?? config.bot,
        bundle,
        temporal: settings,
        graph: graphOf(config),
        pages,
        asksForProfile: config.asksForProfile,
        cachedWorkflows: config.cachedWorkflows,
        hasStackTraces: config.hasStackTraces,
        policy: config.policy,
        deployment: config.deployment,
      });
      // `done` reports a failure.
      worker.ready
        .then(() => {
          isWorkerReady = true;
          log.info('The worker is ready');
        })
        .catch(() => {});
    }
    await Promise.race([stopAsked, ...(worker ? [worker.done] : [])]);
    log.info('Stopping');
  } finally {
    await server?.stop();
    await worker?.stop();
    await leadRelay?.stop();
    await health?.stop();
    pages.close();
    await client.connection.close();
    await store.close();
  }
}
