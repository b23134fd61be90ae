/** Everything on one machine: Temporal with its UI, the simulator, api and worker, with all their data in one folder. */

import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Logger } from 'pino';
import { operatorListenerOptions, outgoingOptions, storeUrl, type Config } from '../config/index.ts';
import { createPayloadCodec } from '../encryption/payload-codec.ts';
import { keyRing } from '../encryption/sealer.ts';
import { isLoopbackHost, isWildcardHost } from '../hosts.ts';
import { createCloser, startLocalStack, type LocalOperatorOptions, type LocalStack } from '../local-stack.ts';
import type { Simulator } from '../simulator/index.ts';
import type { Store } from '../store/index.ts';
import { watchBotLog } from '../temporal/bot-log.ts';
import { createBotBundler, type BotBundle, type BotBundler } from '../temporal/bundling/bundle-bot.ts';
import { findBot } from '../temporal/bundling/find-bot.ts';
import { findTemporalCli, type TemporalCliChoice } from '../temporal/cli/index.ts';
import { createTemporalClient, temporalSettings } from '../temporal/server/connect.ts';
import { startEmbeddedTemporal, type EmbeddedTemporal } from '../temporal/server/embedded-temporal.ts';
import { choosePort, lockPortChoice } from '../temporal/server/free-port.ts';
import { stopOrphanedServer } from '../temporal/server/server-record.ts';
import { StartError } from '../temporal/start-error.ts';
import type { TimeMachine } from '../temporal/time-machine/index.ts';
import { warmUpPageBuild } from '../web-page.ts';
import { readOrCreateSecrets } from './dev-secrets.ts';
import { describeReload, startLiveBot, type LiveBot } from './live-bot.ts';
import { createRunRepair, describeBrokenRun, type RunRepair } from './run-repair.ts';
import { refuseSecondDev, writeDevAddresses, type DevAddresses } from './running-dev.ts';
import { createPaint, formatAlert, formatBotLine, type Paint } from './terminal-lines.ts';

/** What `startDev` runs. */
export interface DevOptions {
  /** The path of the bot's file. */
  readonly bot: string;
  readonly config: Config;
  /** Whether other machines may reach the api, which `HOST` then lets in. Default: no. */
  readonly isPublic?: boolean;
  /** Where all data is stored. Default: `.everthread`. */
  readonly folder?: string;
  readonly temporalCli: TemporalCliChoice;
  readonly log: Logger;
  /** Receives a line for the terminal when something takes a while. */
  readonly progress: (line: string) => void;
  /** Whether the terminal shows colours. Default: no. */
  readonly hasColours?: boolean;
}

/** A `dev` that runs in this process. */
export interface RunningDev {
  readonly addresses: DevAddresses;
  readonly simulator: Simulator;
  readonly store: Store;
  readonly timeMachine: TimeMachine;
  /** Rejects when a part fails by itself. */
  readonly failed: Promise<never>;
  /** Stops everything in order; no data is lost and no process stays behind. */
  stop(): Promise<void>;
}

const TEMPORAL_FILE = 'temporal.db';
const TEMPORAL_PORT = 7233;
const TEMPORAL_UI_PORT = 8233;

/** Starts everything; when a part cannot start, the parts that have are stopped. */
export async function startDev(options: DevOptions): Promise<RunningDev> {
  const { config, log, progress } = options;
  const folder = resolve(options.folder ?? '.everthread');
  findBot(options.bot);
  refuseNetwork(config.http.host, options.isPublic ?? false);
  mkdirSync(folder, { recursive: true });
  refuseSecondDev(folder);
  const { host, port, isPortSet } = config.http;
  const chooseApiPort = () => choosePort({ port, isSetByHand: isPortSet, setting: 'PORT', host });
  if (isPortSet) await chooseApiPort();
  if (config.operators.http.isPortSet) await operatorOptions(config).choosePort();
  await stopOrphanedServer(join(folder, TEMPORAL_FILE), progress);

  void warmUpPageBuild('simulator');
  const closing = createCloser();
  const unlockPorts = await lockPortChoice();
  closing.add(unlockPorts);
  try {
    const server = await startTemporal(folder, options);
    closing.add(() => server.stop());
    const keys = keyRing(config.encryptionKeys);
    const temporal = temporalSettings(keys, server.address);
    const client = createTemporalClient(temporal);
    closing.add(() => client.connection.close());
    const repair = createRunRepair(client);

    const stack = await startLocalStack({
      temporal,
      client,
      databaseUrl: storeUrl(config),
      keys,
      secrets: readOrCreateSecrets(folder),
      pageId: config.pageId,
      appId: config.appId,
      graphVersion: config.graphVersion,
      host,
      choosePort: chooseApiPort,
      operators: {
        ...operatorOptions(config),
        codec:
          keys.length > 0
            ? { payloadCodec: createPayloadCodec(keys), temporalUi: config.temporalUi ?? server.uiUrl }
            : undefined,
      },
      outgoing: outgoingOptions(config, 'loopback'),
      retention: config.retention,
      publicUrl: config.publicUrl,
      log,
      simulator: {
        file: join(folder, 'simulator.db'),
        botFile: fromHere(options.bot),
        pageName: 'Your Page',
        runs: repair,
        ...(server.uiUrl !== undefined && { temporalUiUrl: server.uiUrl }),
      },
    });
    closing.add(() => stack.stop());
    unlockPorts();

    progress('Bundling the bot …');
    const warn = (_fields: object, words: string) => progress(formatAlert(words, paintOf(options)));
    const bundler = createBotBundler(
      options.bot,
      { warn },
      {
        isIncremental: true,
        recordsCommands: true,
        hidesFailures: keys.length > 0,
      },
    );
    closing.add(() => bundler.close());
    const liveBot = await startBot(options, bundler, stack, repair);
    closing.add(() => liveBot.stop());

    const { url, operatorUrl, simulator, store, timeMachine } = stack;
    const addresses = {
      pid: process.pid,
      url,
      operatorUrl: operatorUrl ?? '',
      temporalAddress: server.address,
      temporalUiUrl: server.uiUrl ?? '',
    };
    closing.add(writeDevAddresses(folder, addresses));
    const failed = rejectOnFailure(liveBot, server, () => closing.hasSteps());
    return { addresses, simulator, store, timeMachine, failed, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** The path as `simulate` takes it, from the working directory. */
function fromHere(path: string): string {
  const here = relative(process.cwd(), resolve(path)).replaceAll('\\', '/');
  return here.startsWith('../') ? here : `./${here}`;
}

/** The listener for operators, on its usual port or on a free one. */
function operatorOptions(config: Config): LocalOperatorOptions {
  const { host, port, isPortSet: isSetByHand } = config.operators.http;
  return {
    ...operatorListenerOptions(config),
    offersDemo: true,
    choosePort: () => choosePort({ port, isSetByHand, setting: 'OPERATOR_PORT', host }),
  };
}

/** Temporal with its UI, on its usual ports or on free ones. */
async function startTemporal(folder: string, { temporalCli, progress }: DevOptions): Promise<EmbeddedTemporal> {
  const cli = await findTemporalCli({ ...temporalCli, log: progress });
  progress('Starting Temporal …');
  return startEmbeddedTemporal({
    cli,
    dbFile: join(folder, TEMPORAL_FILE),
    port: await choosePort({ port: TEMPORAL_PORT, isSetByHand: false, setting: 'Temporal' }),
    uiPort: await choosePort({ port: TEMPORAL_UI_PORT, isSetByHand: false, setting: 'Temporal UI' }),
    log: progress,
  });
}

/** Runs the bot, reloads it after every save, and reports reloads and errors in the terminal and in the simulator. */
async function startBot(
  options: DevOptions,
  bundler: BotBundler,
  stack: LocalStack,
  repair: RunRepair,
): Promise<LiveBot> {
  const { bot, config, progress, log } = options;
  const { simulator } = stack;
  const paint = paintOf(options);
  const botLog = watchBotLog(log, (line) => {
    progress(formatBotLine(line, new Date(), paint));
    if (line.conversation !== undefined) simulator.showBotLogLine(line.conversation, line);
  });
  let loaded: BotBundle | undefined;
  let checking: Promise<void> | undefined;

  /** Most runs wait, and would notice an edit that broke them only when they go on. */
  async function checkRuns(): Promise<void> {
    if (!loaded) return;
    try {
      for (const run of await repair.check(loaded)) progress(formatAlert(describeBrokenRun(run), paint));
    } catch (error) {
      log.warn(
        { error: String(error) },
        'The open runs could not be replayed: nobody knows which of them the edit broke. Run everthread check',
      );
    }
  }

  const liveBot = await startLiveBot({
    bot,
    bundler,
    startWorker(bundle) {
      loaded = bundle;
      if (bundle.facts.profile) simulator.applyProfile(bundle.facts.profile);
      simulator.showWordsToTry(bundle.facts.wordsToTry ?? []);
      return stack.startWorker({
        bundle,
        bot,
        policy: config.policy,
        log: botLog,
        hasStackTraces: true,
        recordsCommands: true,
        hidesCoreWarnings: true,
        storeUrl: storeUrl(config),
      });
    },
    onReload(reload) {
      const wasBroken = simulator.botProblem() !== undefined;
      simulator.showBotProblem(reload.status === 'broken' ? reload.problem : undefined);
      const words = describeReload(reload, wasBroken);
      if (words !== undefined) progress(reload.status === 'broken' ? formatAlert(words, paint) : words);
      if (reload.status === 'reloaded') checking = checkRuns();
    },
  });
  checking = checkRuns();
  return {
    ...liveBot,
    async stop() {
      await liveBot.stop();
      await checking;
    },
  };
}

function paintOf({ hasColours = false }: DevOptions): Paint {
  return createPaint(hasColours);
}

/** Never resolves. Temporal's exit is a failure only while dev is running. */
function rejectOnFailure(liveBot: LiveBot, server: EmbeddedTemporal, isRunning: () => boolean): Promise<never> {
  const temporalExited = server.exited.then(({ lastLines }) => {
    if (isRunning()) throw new Error(`Temporal ended by itself. Its last lines:\n${lastLines}`);
  });
  return Promise.race([liveBot.failed, temporalExited]).then(() => new Promise<never>(() => {}));
}

/** Other machines are let in only when somebody says so twice: nothing in `dev` is meant for a network. */
function refuseNetwork(host: string, isPublic: boolean): void {
  if (isLoopbackHost(host)) return;
  if (!isWildcardHost(host)) {
    throw new StartError(
      'host_public',
      `HOST=${host} would leave out 127.0.0.1, where bot and simulator reach each other. Leave HOST out, or set HOST=0.0.0.0 and use \`everthread dev --public\`.`,
    );
  }
  if (isPublic) return;
  throw new StartError(
    'host_public',
    `HOST=${host} lets other machines reach the webhook. Leave HOST out, or use \`everthread dev --public\` if you want that; the simulator answers this machine alone either way.`,
  );
}
