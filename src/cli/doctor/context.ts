/** The data that checks share. Each part is fetched once, when a check first asks for it. */

import { Connection } from '@temporalio/client';
import { checkConfig, loadConfig, type Config, type ConfigProblem, type HttpConfig } from '../../config/index.ts';
import { keyRing } from '../../encryption/sealer.ts';
import { createGraphApi, type GraphApi, type GraphReply } from '../../graph/graph-api.ts';
import {
  readAppSubscription,
  type AppAccess,
  type AppWebhookSubscription,
} from '../../graph/subscription/app-subscription.ts';
import { callableHost } from '../../hosts.ts';
import { USUAL_FIELDS, type WebhookField } from '../../messenger/inbound/webhook-fields.ts';
import type { Store } from '../../store/index.ts';
import type { BotFacts } from '../../temporal/bundling/bundle-bot.ts';
import { openConfiguredStore } from '../configured-store.ts';
import { chosenPages, graphOf, type ChosenPage } from '../page-choice.ts';
import { readBot } from '../read-bot.ts';
import { chooseTemporal, type ChosenTemporal } from '../temporal-choice.ts';
import { readApiMetrics, type ApiMetrics } from './api-metrics.ts';

/** What `everthread doctor` is called with. */
export interface DoctorContextOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The path of the bot's file. Default: `BOT`. */
  readonly bot?: string | undefined;
  /** The public address of the webhook. Default: the one that Meta has. */
  readonly callbackUrl?: string | undefined;
  /** Reads the facts of a bot; tests replace it, because reading takes seconds. */
  readonly readBot?: (file: string) => Promise<BotFacts>;
}

/** Where Meta delivers webhooks, and the source of that address. */
export interface Callback {
  readonly url: string;
  readonly saidBy: 'Meta' | '--callback-url';
}

/** Everything that a check can look at. */
export interface DoctorContext {
  readonly env: NodeJS.ProcessEnv;
  /** Settings that are invalid, missing, or suspicious. */
  readonly settings: {
    readonly invalid: readonly ConfigProblem[];
    readonly missing: readonly ConfigProblem[];
    readonly warnings: readonly string[];
  };
  /** The defaults when a setting is invalid; no later check runs then. */
  readonly config: Config;
  readonly pages: readonly ChosenPage[];
  readonly graph: GraphApi;
  /** The app and its secret, if `MESSENGER_APP_ID` is set. */
  readonly app: AppAccess | undefined;
  /** Where the api of these settings listens: `http://127.0.0.1:3000`. */
  readonly apiUrl: string;
  /** Where the api of these settings serves operators and metrics: `http://127.0.0.1:3001`. */
  readonly operatorUrl: string;
  readonly botFile: string;
  readonly bot: () => Promise<BotFacts>;
  /** The webhook fields that the bot needs; the usual ones if the bot cannot be read. */
  readonly neededFields: () => Promise<readonly WebhookField[]>;
  readonly store: () => Promise<Store>;
  /** The Temporal that is asked; throws when Temporal's profile cannot be read. */
  readonly chosenTemporal: () => ChosenTemporal;
  readonly temporal: () => Promise<{ readonly connection: Connection; readonly namespace: string }>;
  /** `undefined` without an app. */
  readonly appSubscription: () => Promise<GraphReply<AppWebhookSubscription> | undefined>;
  readonly callback: () => Promise<Callback | undefined>;
  /** The metrics of the running api; `undefined` when it does not answer. */
  readonly metrics: () => Promise<ApiMetrics | undefined>;
  close(): Promise<void>;
}

/** How long a connection to Temporal or to the webhook's host may take, in ms. */
export const CONNECT_WITHIN_MS = 5000;
/** How long a call of the Graph API may take, in ms. */
export const GRAPH_TIMEOUT_MS = 5000;
/** A token or certificate that ends within this time is reported, in ms: 14 days. */
export const EXPIRES_SOON_MS = 14 * 86_400_000;

/** A context whose `close` ends all connections that checks have opened. */
export function createDoctorContext(options: DoctorContextOptions): DoctorContext {
  const { env, callbackUrl } = options;
  const { config: given, problems: invalid, warnings } = checkConfig(env);
  const known = new Set(invalid.map(({ message }) => message));
  const { problems } = checkConfig(env, { needs: ['webhook', 'send'] });
  const config = given ?? loadConfig({});
  const graph = createGraphApi(graphOf(config));
  const appSecret = config.appSecrets[0]?.reveal();
  const app = config.appId !== undefined && appSecret ? { appId: config.appId, appSecret } : undefined;
  const apiUrl = addressOf(config.http);
  const operatorUrl = addressOf(config.operators.http);
  const botFile = options.bot ?? config.bot;
  const closing: (() => Promise<unknown>)[] = [() => graph.close()];

  let chosen: ChosenTemporal | undefined;
  const chosenTemporal = () => (chosen ??= chooseTemporal(keyRing(config.encryptionKeys)));
  const bot = memoize(() => (options.readBot ?? readBot)(botFile));
  const appSubscription = memoize(async () => app && readAppSubscription(graph, app));

  return {
    env,
    settings: { invalid, missing: problems.filter(({ message }) => !known.has(message)), warnings },
    config,
    pages: config.pages.length > 0 ? chosenPages(config) : [],
    graph,
    app,
    apiUrl,
    operatorUrl,
    botFile,
    bot,
    neededFields: () =>
      bot().then(
        ({ fields }) => fields,
        () => USUAL_FIELDS,
      ),
    store: memoize(async () => {
      const store = await openConfiguredStore(config);
      closing.push(() => store.close());
      return store;
    }),
    chosenTemporal,
    temporal: memoize(async () => {
      const { namespace, connection: address } = chosenTemporal().settings;
      const connection = await Connection.connect({ ...address, connectTimeout: CONNECT_WITHIN_MS });
      closing.push(() => connection.close());
      return { connection, namespace };
    }),
    appSubscription,
    callback: memoize(async () => {
      if (callbackUrl !== undefined) return { url: callbackUrl, saidBy: '--callback-url' };
      const reply = await appSubscription();
      const url = reply?.status === 'answered' ? reply.value.callbackUrl : undefined;
      return url === undefined ? undefined : { url, saidBy: 'Meta' };
    }),
    metrics: memoize(() => readApiMetrics(operatorUrl)),
    async close() {
      for (const end of closing.toReversed()) await end().catch(() => {});
    },
  };
}

function addressOf({ host, port }: HttpConfig): string {
  return `http://${callableHost(host)}:${port}`;
}

function memoize<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
