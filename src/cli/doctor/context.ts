/** What the checks look at. Each part is fetched when a check first asks for it, and once. */

import { Connection } from '@temporalio/client';
import { checkConfig, loadConfig, storeUrl, type Config, type ConfigProblem } from '../../config/index.ts';
import { createGraphApi, type GraphApi, type GraphReply } from '../../graph/graph-api.ts';
import {
  readAppSubscription,
  type AppAccess,
  type AppWebhookSubscription,
} from '../../graph/subscription/app-subscription.ts';
import { USUAL_FIELDS, type WebhookField } from '../../messenger/inbound/webhook-fields.ts';
import { openStore, type Store } from '../../store/index.ts';
import { readBot, type BotFacts } from '../../temporal/bundling/bundle-bot.ts';
import { temporalSettings } from '../../temporal/server/connect.ts';
import { chosenPages, graphOf, type ChosenPage } from '../page-choice.ts';
import { readApiMetrics, type ApiMetrics } from './api-metrics.ts';

export interface VisitOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The bot's file; left out: `BOT`. */
  readonly bot?: string | undefined;
  /** Where Meta is to deliver, when it is not to be asked. */
  readonly callbackUrl?: string | undefined;
  /** Tells what a bot's file needs; a test that visits often reads it once. */
  readonly readBot?: (file: string) => Promise<BotFacts>;
}

/** Where Meta delivers, and who says so. */
export interface Callback {
  readonly url: string;
  readonly saidBy: 'Meta' | '--callback-url';
}

export interface Visit {
  readonly env: NodeJS.ProcessEnv;
  /** What is set and cannot be used, what is missing, what is odd. */
  readonly settings: {
    readonly invalid: readonly ConfigProblem[];
    readonly missing: readonly ConfigProblem[];
    readonly warnings: readonly string[];
  };
  /** Defaults where a value is invalid: then nothing is looked at with it. */
  readonly config: Config;
  readonly pages: readonly ChosenPage[];
  readonly graph: GraphApi;
  /** The app and its secret, when its number is known. */
  readonly app: AppAccess | undefined;
  /** `http://127.0.0.1:3000`: where the api of these settings listens. */
  readonly apiUrl: string;
  readonly botFile: string;
  readonly bot: () => Promise<BotFacts>;
  /** What the bot needs of Meta; what every bot needs, when it cannot be read. */
  readonly neededFields: () => Promise<readonly WebhookField[]>;
  readonly store: () => Promise<Store>;
  readonly temporal: () => Promise<{ readonly connection: Connection; readonly namespace: string }>;
  /** `undefined` without an app. */
  readonly appSubscription: () => Promise<GraphReply<AppWebhookSubscription> | undefined>;
  readonly callback: () => Promise<Callback | undefined>;
  /** What the running api has counted; `undefined` when it does not say. */
  readonly metrics: () => Promise<ApiMetrics | undefined>;
  close(): Promise<void>;
}

const CONNECT_WITHIN_MS = 5000;

export function createVisit(options: VisitOptions): Visit {
  const { env, callbackUrl } = options;
  const { config: given, problems: invalid, warnings } = checkConfig(env);
  const known = new Set(invalid.map(({ message }) => message));
  const { problems } = checkConfig(env, { needs: ['webhook', 'send'] });
  const config = given ?? loadConfig({});
  const graph = createGraphApi(graphOf(config));
  const appSecret = config.appSecrets[0]?.reveal();
  const app = config.appId !== undefined && appSecret ? { appId: config.appId, appSecret } : undefined;
  const apiUrl = `http://${reachable(config.http.host)}:${config.http.port}`;
  const botFile = options.bot ?? config.bot;
  const closing: (() => Promise<unknown>)[] = [() => graph.close()];

  const bot = once(() => (options.readBot ?? readBot)(botFile));
  const appSubscription = once(async () => app && readAppSubscription(graph, app));

  return {
    env,
    settings: { invalid, missing: problems.filter(({ message }) => !known.has(message)), warnings },
    config,
    pages: config.pages.length > 0 ? chosenPages(config) : [],
    graph,
    app,
    apiUrl,
    botFile,
    bot,
    neededFields: () =>
      bot().then(
        ({ fields }) => fields,
        () => USUAL_FIELDS,
      ),
    store: once(async () => {
      const store = await openStore(storeUrl(config));
      closing.push(() => store.close());
      return store;
    }),
    temporal: once(async () => {
      const { namespace, connection: address } = temporalSettings();
      const connection = await Connection.connect({ ...address, connectTimeout: CONNECT_WITHIN_MS });
      closing.push(() => connection.close());
      return { connection, namespace };
    }),
    appSubscription,
    callback: once(async () => {
      if (callbackUrl !== undefined) return { url: callbackUrl, saidBy: '--callback-url' };
      const reply = await appSubscription();
      const url = reply?.status === 'answered' ? reply.value.callbackUrl : undefined;
      return url === undefined ? undefined : { url, saidBy: 'Meta' };
    }),
    metrics: once(() => readApiMetrics(apiUrl)),
    async close() {
      for (const end of closing.toReversed()) await end().catch(() => {});
    },
  };
}

/** Where to call what listens everywhere. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
