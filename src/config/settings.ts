/**
 * Every setting, declared once: its environment variable, the schema that reads its text, what to do when it is missing
 * or wrong, whether it is secret, and which processes require it. `Config`, the error report and the list of names are
 * derived from here.
 */

import type { z } from 'zod';
import * as schema from './schemas.ts';
import { urlIn } from './schemas.ts';

/**
 * What a process is about to do: receive Meta's webhooks, call the Send API for its Pages, act as one Page (the
 * simulator), act as the app, list the Pages of a person, act as an operator. `dev` needs none of them: it invents its Page.
 */
export type Need = 'webhook' | 'send' | 'page' | 'app' | 'user' | 'operator';

/** One environment variable; its value may also be given as a file, in `NAME_FILE`. */
export interface Variable<Schema extends z.ZodType = z.ZodType, Required extends Need = Need> {
  readonly name: string;
  readonly schema: Schema;
  /** What to do when the value is missing or invalid: one or more sentences. */
  readonly cure: string;
  /** A secret is never quoted in a message. Default: no. */
  readonly isSecret?: boolean;
  /** The needs that cannot do without it. Default: none. */
  readonly requiredFor?: readonly Required[];
  /** A shorter value causes a warning. Default: any length is fine. */
  readonly minSafeChars?: number;
  /** The part of an invalid value that a message may quote. Default: the value, up to 24 characters. */
  readonly printablePart?: (text: string) => string | undefined;
}

function variable<Schema extends z.ZodType, const Required extends Need = never>(
  name: string,
  options: Omit<Variable<Schema, Required>, 'name'>,
): Variable<Schema, Required> {
  return { name, ...options };
}

/** The log levels of pino. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Settings that are one variable each. */
export const SETTINGS = {
  /** The word that Meta sends back when the webhook is subscribed. */
  verifyToken: variable('MESSENGER_VERIFY_TOKEN', {
    schema: schema.secretText().optional(),
    cure: 'Make up a long random word; enter the same one in App Dashboard → Messenger → Webhooks.',
    isSecret: true,
    requiredFor: ['webhook'],
  }),
  /** The id of the Meta app: tells our own echoes and subscriptions from those of other apps. */
  appId: variable('MESSENGER_APP_ID', {
    schema: schema.digits().optional(),
    cure: "Copy the app's number from the top of the App Dashboard, or leave it out.",
    requiredFor: ['app'],
  }),
  /** Any of them may have signed a webhook: two while one is being rotated, the current one first. Default: none. */
  appSecrets: variable('MESSENGER_APP_SECRET', {
    schema: schema.secretList().default([]),
    cure: 'Copy it from App Dashboard → Settings → Basic; several are separated by commas.',
    isSecret: true,
    requiredFor: ['webhook', 'app'],
  }),
  /** The Page access token that belongs to `pageId`. */
  pageAccessToken: variable('MESSENGER_PAGE_ACCESS_TOKEN', {
    schema: schema.secretText().optional(),
    cure: 'Generate one in App Dashboard → Messenger → Access Tokens and copy all of it.',
    isSecret: true,
    requiredFor: ['page'],
  }),
  /** The Page of the variable, also when its token is missing. */
  pageId: variable('MESSENGER_PAGE_ID', {
    schema: schema.digits().optional(),
    cure: "Copy the Page's number from App Dashboard → Messenger, beside the Page's name; several Pages go into MESSENGER_PAGES_FILE.",
    requiredFor: ['page'],
  }),
  /** Messages per second for a Page that sets no rate of its own; 1 to 300, default 40. */
  messagesPerSecond: variable('MESSENGER_MESSAGES_PER_SECOND', {
    schema: schema.messagesPerSecond().prefault('40'),
    cure: "Write a number from 1 to 300; above 40 Meta's inbox stops showing the Page.",
  }),
  /** Access token of a person who manages the Pages; only `everthread pages` asks for it. */
  userAccessToken: variable('MESSENGER_USER_ACCESS_TOKEN', {
    schema: schema.secretText().optional(),
    cure: 'Generate one in the Graph API Explorer with pages_show_list and copy all of it.',
    isSecret: true,
    requiredFor: ['user'],
  }),
  /** Token of the operator as whom commands call the operator API. */
  operatorToken: variable('EVERTHREAD_TOKEN', {
    schema: schema.secretText().optional(),
    cure: 'Make one where the store is, with `everthread operators add NAME` and `everthread operators token NAME`.',
    isSecret: true,
    requiredFor: ['operator'],
  }),
  /** Whether to ask Meta for the name, language and time zone of people who write. Default: yes. */
  asksForProfile: variable('MESSENGER_USER_PROFILE', {
    schema: schema.onOff().prefault('on'),
    cure: 'Write on or off, or leave it out.',
  }),
  /** Whether to subscribe a Page again when Meta has removed its subscription. Default: no. */
  resubscribes: variable('MESSENGER_RESUBSCRIBE', {
    schema: schema.onOff().prefault('off'),
    cure: 'Write on or off, or leave it out.',
  }),
  /** Base address of the Graph API, without a slash at its end. Default: Meta's. */
  graphUrl: variable('MESSENGER_GRAPH_URL', {
    schema: schema.graphUrl().default('https://graph.facebook.com'),
    cure: 'Write an https:// address (http:// only within a private network), or leave it out.',
    printablePart: schemeAndHost,
  }),
  /** Version of the Graph API. Default: v25.0. */
  graphVersion: variable('MESSENGER_GRAPH_VERSION', {
    schema: schema.plainText(/^v\d{1,3}\.\d$/, 'which is no version of the Graph API').default('v25.0'),
    cure: 'Write it like v25.0, or leave it out.',
  }),
  /** Path of the bot's file. Default: ./bot.ts. */
  bot: variable('BOT', {
    schema: schema.anyText().default('./bot.ts'),
    cure: "Write the path of the bot's file.",
  }),
  /** Where the store is. Default: SQLite in `.everthread/store.db`. */
  database: variable('DATABASE_URL', {
    schema: schema.databaseUrl().prefault('file:.everthread/store.db'),
    cure: 'Write file:PATH or postgres://USER:PASSWORD@HOST:5432/DATABASE, the password percent-encoded.',
    isSecret: true,
  }),
  /** Which private addresses outgoing requests may reach; `undefined`: `dev` takes `loopback`, the others `refuse`. */
  privateAddresses: variable('OUTGOING_PRIVATE_ADDRESSES', {
    schema: schema.oneOf(['refuse', 'loopback', 'allow'], 'which is no such choice').optional(),
    cure: 'Write refuse, loopback (this machine alone) or allow, or leave it out.',
  }),
  /** After how long without an operator destinations hear `handoff.unanswered`, ms. Default: 15 minutes. */
  unansweredAfterMs: variable('HANDOFF_UNANSWERED_AFTER', {
    schema: schema.timeSpan().prefault('15m'),
    cure: 'Write it like 30s, 15m, 2h or 1d, at most 7d, or leave it out.',
  }),
  /** How many workflows a worker caches, 10 to 100000; `undefined`: `worker.ts` chooses. */
  cachedWorkflows: variable('WORKER_CACHED_WORKFLOWS', {
    schema: schema.cachedWorkflows().optional(),
    cure: 'Write a number from 10 to 100000, or leave it out; one weighs some 110 KiB.',
  }),
  /** Whether Temporal's UI can show the call stack of a waiting run; it costs about half of a worker's speed. Default: no. */
  hasStackTraces: variable('WORKER_STACK_TRACES', {
    schema: schema.onOff().prefault('off'),
    cure: 'Write on or off, or leave it out.',
  }),
  /** The address at which Meta reaches the webhook; for links that others open. Default: the host of Meta's request. */
  publicUrl: variable('PUBLIC_URL', {
    schema: schema.origin().optional(),
    cure: 'Write the scheme and the host of the webhook, such as https://bot.example.com, or leave it out.',
  }),
  /** Default: info. */
  logLevel: variable('LOG_LEVEL', {
    schema: schema.oneOf(LOG_LEVELS, 'which is no log level').default('info'),
    cure: `Write one of ${LOG_LEVELS.join(', ')}.`,
  }),
};

/** How long something is kept. `min`: no shorter time is taken, in days. */
function retention(name: string, byDefault: string, min: number) {
  return variable(`RETENTION_${name}`, {
    schema: schema.days(min).prefault(byDefault),
    cure: `Write a number of days like 90d, at least ${min}d, or off to keep everything.`,
  });
}

/** For how long each kind of data is kept, ms; `undefined`: for ever. */
export const RETENTION = {
  /** Webhook items as Meta sent them. */
  rawBodies: retention('RAW_BODIES', '30d', 1),
  /** Events of the inbox that were delivered or given up. Meta delivers an event again for an hour or more, so not less than days. */
  events: retention('EVENTS', '90d', 7),
  /** Messages and the records of sends; a record keeps a send from going out twice, so not less than a month. */
  transcript: retention('TRANSCRIPT', 'off', 30),
  leads: retention('LEADS', 'off', 7),
  notes: retention('NOTES', 'off', 7),
  /** States of conversations that have closed. */
  states: retention('STATES', 'off', 30),
  /** Steps of funnels, and waits for operators. */
  numbers: retention('NUMBERS', 'off', 7),
  operatorLog: retention('OPERATOR_LOG', 'off', 30),
};

/** Variables from which `config/index.ts` composes a setting: several make one, or one has to be read further. */
export const PARTS = {
  /** JSON list of Pages and their tokens. */
  pages: variable('MESSENGER_PAGES', {
    schema: schema.anyText().optional(),
    cure: 'Name a file that `everthread pages --write` made, or see .env.example for its form.',
    isSecret: true,
  }),
  /** How long the window is after a click on an ad: pages of Meta's documentation give both. */
  adWindow: variable('MESSENGER_AD_WINDOW', {
    schema: schema.oneOf(['24h', '7d'], 'which is none of the two readings').default('24h'),
    cure: 'Write 24h, which is sure, or 7d, which one page of Meta names for what follows an ad.',
  }),
  host: variable('HOST', {
    schema: schema.plainText(/^[\w.:-]+$/, 'which is no address to listen on').default('127.0.0.1'),
    cure: 'Write an address of this machine, such as 127.0.0.1 or 0.0.0.0.',
  }),
  port: variable('PORT', {
    schema: schema.portNumber().default(3000),
    cure: 'Write a number from 0 to 65535; 0 takes any free port.',
  }),
  operatorHost: variable('OPERATOR_HOST', {
    schema: schema.plainText(/^[\w.:-]+$/, 'which is no address to listen on').default('127.0.0.1'),
    cure: 'Write an address of this machine, such as 127.0.0.1 or 0.0.0.0.',
  }),
  operatorPort: variable('OPERATOR_PORT', {
    schema: schema.portNumber().default(3001),
    cure: 'Write a number from 0 to 65535; 0 takes any free port.',
  }),
  /** The address at which browsers reach the operator listener through a reverse proxy. */
  operatorUrl: variable('OPERATOR_URL', {
    schema: schema.origin().optional(),
    cure: 'Write the scheme and the host as in the browser, such as https://desk.example.com, or leave it out.',
  }),
  /** The header in which a reverse proxy that logs people in names the operator. */
  operatorProxyHeader: variable('OPERATOR_PROXY_HEADER', {
    schema: schema.plainText(/^[A-Za-z][A-Za-z0-9-]{1,63}$/, 'which is no name of a header').optional(),
    cure: 'Write the name of the header, such as X-Auth-Request-User, and set OPERATOR_PROXY_SECRET with it.',
  }),
  /** Proves that a request comes from that proxy. */
  operatorProxySecret: variable('OPERATOR_PROXY_SECRET', {
    schema: schema.secretText().optional(),
    cure: 'Make one with `openssl rand -hex 32`, and let the proxy send it as X-Everthread-Proxy-Secret.',
    isSecret: true,
    minSafeChars: 32,
  }),
  deploymentName: variable('WORKER_DEPLOYMENT_NAME', {
    schema: schema.plainText(/^[\w-]{1,100}$/, 'which is no name of letters, digits, - and _').optional(),
    cure: 'Write one name for all builds of a bot, such as shop, and set WORKER_BUILD_ID with it.',
  }),
  buildId: variable('WORKER_BUILD_ID', {
    schema: schema.plainText(/^[\w.-]{1,100}$/, 'which is no id of letters, digits, . - and _').optional(),
    cure: 'Write what tells this build from others, such as its commit, and set WORKER_DEPLOYMENT_NAME with it.',
  }),
};

/** What is parsed from a table of variables; the doc comments of the table stay with its members. */
export type ValuesOf<Table extends Record<string, Variable>> = {
  readonly [Key in keyof Table]: z.output<Table[Key]['schema']>;
};

/** The keys of a table that are certainly set where `N` was asked for. */
export type KeysRequiredFor<N extends Need, Table> = {
  [Key in keyof Table]: Table[Key] extends Variable<z.ZodType, infer Required>
    ? [Extract<Required, N>] extends [never]
      ? never
      : Key
    : never;
}[keyof Table];

/** Every variable, in the order in which problems are reported. */
export const VARIABLES: readonly Variable[] = [
  ...Object.values(PARTS),
  ...Object.values(RETENTION),
  ...Object.values(SETTINGS),
];

/** The names of all variables; each may be given as `NAME_FILE` instead. */
export const VARIABLE_NAMES: readonly string[] = VARIABLES.map(({ name }) => name);

function schemeAndHost(text: string): string | undefined {
  const url = urlIn(text);
  return url?.host ? `${url.protocol}//${url.host}` : undefined;
}
