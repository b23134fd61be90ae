import { constants, setPriority } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { startWorkerHealth, type RunningHealth } from '../../api/worker-health.ts';
import {
  loadConfig,
  operatorListenerOptions,
  outgoingOptions,
  readPages,
  storeUrl,
  takeSecrets,
  type HttpConfig,
  type Need,
} from '../../config/index.ts';
import type { Clock } from '../../domain/clock.ts';
import { createPayloadCodec } from '../../encryption/payload-codec.ts';
import { keyRing } from '../../encryption/sealer.ts';
import { watchPages } from '../../graph/pages.ts';
import { createLog } from '../../log.ts';
import { USUAL_FIELDS, type WebhookField } from '../../messenger/inbound/webhook-fields.ts';
import { startServer, type RunningServer } from '../../server.ts';
import { openStore } from '../../store/index.ts';
import type { BotFacts } from '../../temporal/bundling/bundle-bot.ts';
import { bundleFolderIn, bundleInChild, type ChildBundlingOptions } from '../../temporal/bundling/bundle-in-child.ts';
import { findBot } from '../../temporal/bundling/find-bot.ts';
import { isTemporalReachable, createTemporalClient, temporalSettings } from '../../temporal/server/connect.ts';
import { choosePort } from '../../temporal/server/free-port.ts';
import type { RunningWorker } from '../../worker.ts';
import { graphOf, requireGraphApi } from '../page-choice.ts';
import { logWholeProcess } from '../process-log.ts';
import { endProcessAfter, untilAskedToStop } from '../terminal.ts';
import { startWorkerProcess, type WorkerProcess } from '../worker-process.ts';

const realTime: Clock = { now: () => Date.now() };

/** `everthread start`: the api, and the worker in a process of its own. */
export function startCommand(): Command {
  return new Command('start')
    .description(
      'Run the bot for a Page: the api and a worker, with your Temporal. The worker has a process of its own, and is started again when it dies.',
    )
    .argument('[bot]', "the bot's file (default: BOT, or ./bot.ts)")
    .addHelpText('after', '\nExample:\n  TEMPORAL_ADDRESS=temporal:7233 everthread start ./bot.ts')
    .action((bot?: string) => start(bot));
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
    .action((bot?: string) => runApi({ bot, stopAsked: untilAskedToStop() }));
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
      endProcessAfter(runWorker({ bot, healthPort: port, stopAsked: untilAskedToStop() })),
    );
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('Write a number from 0 to 65535; 0 takes any free port.');
}

/** What a worker is started with. */
interface RunWorkerOptions {
  /** The bot's file. Default: the setting BOT. */
  readonly bot?: string | undefined;
  /** Where it answers health checks. Default: nowhere. */
  readonly healthPort?: number | undefined;
  /** Ends the worker. */
  readonly stopAsked: Promise<void>;
  /** Whether `start` runs this worker, which has checked the settings and the store's file. Default: no. */
  readonly isOfStart?: boolean;
  readonly onBundled?: (facts: BotFacts) => void;
  readonly onReady?: (worker: RunningWorker) => void;
}

/** Runs a worker in this process until it is asked to stop. @throws when it cannot start, or fails. */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const { healthPort, stopAsked, isOfStart = false, onBundled, onReady } = options;
  letApisRunFirst();
  const parts = await openParts(['send'], {
    warns: !isOfStart,
    checksFile: !isOfStart,
    runsBot: true,
  });
  const { config, log, settings, client, store, pages } = parts;
  const bot = options.bot ?? config.bot;
  let worker: RunningWorker | undefined;
  let health: RunningHealth | undefined;
  let isWorkerReady = false;
  try {
    if (healthPort !== undefined) {
      const { host } = config.http;
      const port = await choosePort({ port: healthPort, isSetByHand: true, setting: '--port', host });
      const isAtWork = async () => isWorkerReady && isTemporalReachable(client);
      const metrics = async () => (await worker?.metrics()) ?? '';
      health = await startWorkerHealth({ store, log, host, port, metrics, isAtWork });
      log.info({ url: health.url }, 'Serving health and metrics');
    }
    const bundle = await bundleInChild(bot, log, bundleFolderIn(process.env), bundlingOf(parts));
    onBundled?.(bundle.facts);
    // Not in the process of the api, which has no use for Temporal's native code.
    const { startWorker } = await import('../../worker.ts');
    const starting = startWorker({
      store,
      client,
      clock: realTime,
      log,
      bot,
      bundle,
      temporal: settings,
      graph: graphOf(config),
      pages,
      asksForProfile: config.asksForProfile,
      cachedWorkflows: config.cachedWorkflows,
      hasStackTraces: config.hasStackTraces,
      logsConsole: true,
      policy: config.policy,
      deployment: config.deployment,
      storeUrl: storeUrl(config),
      endsWhenStuck: true,
      servesMetrics: isOfStart || healthPort !== undefined,
    });
    worker = starting;
    // `done` reports a failure.
    starting.ready
      .then(() => {
        isWorkerReady = true;
        log.info('The worker is ready');
        onReady?.(starting);
      })
      .catch(() => {});
    await Promise.race([stopAsked, starting.done]);
    log.info('Stopping the worker');
  } finally {
    await worker?.stop();
    await health?.stop();
    await parts.close();
  }
}

/**
 * Where processors are short, an api of the same machine comes before this process: Meta waits for an acknowledgement,
 * and nobody is kept waiting by an answer that is some milliseconds later. Threads that are started later inherit it.
 */
function letApisRunFirst(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some sandboxes forbid it; the worker works as well without.
  }
}

/** Runs the api in this process, and a worker beside it, until it is asked to stop. */
async function start(bot?: string): Promise<void> {
  const stopAsked = untilAskedToStop();
  const parts = await openParts(['webhook', 'send']);
  let server: RunningServer | undefined;
  let worker: WorkerProcess | undefined;
  try {
    const ports = await apiPorts(parts);
    worker = startWorkerProcess(findBot(bot ?? parts.config.bot), { log: parts.log });
    // Before the api listens, so that a bot that cannot be bundled ends the start.
    const facts = await Promise.race([worker.bundled, stopAsked]);
    if (facts) {
      server = await listen(parts, ports, facts.fields, async () => (await worker?.metrics()) ?? '');
      await Promise.race([stopAsked, worker.failed]);
    }
    parts.log.info('Stopping');
  } finally {
    // At once: systemd, for one, has told the worker's process too, whose end is then none to mend.
    await Promise.all([server?.stop(), worker?.stop()]);
    await parts.close();
  }
}

/** Runs the api in this process until it is asked to stop. @throws when it cannot start. */
export async function runApi({ bot, stopAsked }: Pick<RunWorkerOptions, 'bot' | 'stopAsked'>): Promise<void> {
  const parts = await openParts(['webhook']);
  let server: RunningServer | undefined;
  try {
    const ports = await apiPorts(parts);
    const facts =
      bot === undefined
        ? undefined
        : (await bundleInChild(bot, parts.log, bundleFolderIn(process.env), bundlingOf(parts))).facts;
    server = await listen(parts, ports, facts?.fields ?? USUAL_FIELDS);
    await stopAsked;
    parts.log.info('Stopping');
  } finally {
    await server?.stop();
    await parts.close();
  }
}

interface PartsOptions {
  /** Whether to log what the settings warn of. Default: yes. */
  readonly warns?: boolean;
  readonly checksFile?: boolean;
  /** Whether code of the bot runs in this process. Default: no. */
  readonly runsBot?: boolean;
}

/** What api and worker both need. */
type Parts = Awaited<ReturnType<typeof openParts>>;

async function openParts(
  needs: readonly Need[],
  { warns = true, checksFile = true, runsBot = false }: PartsOptions = {},
) {
  const env = runsBot ? takeSecrets(process.env) : process.env;
  const warnings: string[] = [];
  const config = loadConfig(env, { needs, warn: (sentence) => void warnings.push(sentence) });
  const log = createLog({ level: config.logLevel, isPretty: process.stdout.isTTY });
  logWholeProcess(log);
  if (warns) for (const sentence of warnings) log.warn({}, sentence);
  await requireGraphApi(config);
  const keys = keyRing(config.encryptionKeys);
  const settings = temporalSettings(keys);
  const client = createTemporalClient(settings);
  const store = await openStore(storeUrl(config), { checksFile, appId: config.appId, keys });
  const pages = watchPages({ read: () => readPages(env), log });
  const close = async () => {
    pages.close();
    await client.connection.close();
    await store.close();
  };
  return { config, keys, log, settings, client, store, pages, close };
}

/** The same in every process, so that the one takes what the other has kept. */
function bundlingOf({ keys }: Pick<Parts, 'keys'>): ChildBundlingOptions {
  return keys.length > 0 ? { hidesFailures: true } : {};
}

/** The ports of the two listeners. */
interface ApiPorts {
  readonly webhook: number;
  readonly operators: number;
}

async function apiPorts({ config: { http, operators } }: Parts): Promise<ApiPorts> {
  const choose = ({ port, host }: HttpConfig, setting: string) =>
    choosePort({ port, isSetByHand: true, setting, host });
  return { webhook: await choose(http, 'PORT'), operators: await choose(operators.http, 'OPERATOR_PORT') };
}

async function listen(
  { config, keys, log, client, store, pages }: Parts,
  ports: ApiPorts,
  fields: readonly WebhookField[],
  workerMetrics?: () => Promise<string>,
): Promise<RunningServer> {
  const server = await startServer({
    store,
    client,
    clock: realTime,
    log,
    verifyToken: config.verifyToken?.reveal() ?? '',
    appSecrets: config.appSecrets.map((secret) => secret.reveal()),
    publicUrl: config.publicUrl,
    retention: config.retention,
    host: config.http.host,
    port: ports.webhook,
    operators: {
      ...operatorListenerOptions(config),
      codec: keys.length > 0 ? { payloadCodec: createPayloadCodec(keys), temporalUi: config.temporalUi } : undefined,
      port: ports.operators,
      workerMetrics,
      meta: { ...graphOf(config), accessToken: (pageId) => pages.accessToken(pageId) },
    },
    outgoing: outgoingOptions(config),
    subscriptions: { graph: graphOf(config), pages, appId: config.appId, fields, resubscribes: config.resubscribes },
  });
  log.info({ url: server.url }, 'Accepting webhooks');
  log.info({ url: server.operatorUrl }, 'Serving operators');
  return server;
}
