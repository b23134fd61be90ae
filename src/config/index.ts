/**
 * The settings: one schema over the environment, one report of all that is wrong with it.
 * Only `cli` hands over `process.env`; the roots pass on what a part needs; everybody else sees `Config` as a type.
 */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { pagesIn, type PageConfig } from './pages.ts';
import type { Secret } from './secret.ts';
import {
  type DatabaseConfig,
  cachedWorkflows,
  databaseUrl,
  digits,
  graphUrl,
  messagesPerSecond,
  oneOf,
  plainText,
  portNumber,
  secretList,
  secretText,
  secretUrl,
  urlIn,
} from './values.ts';

export type { PageConfig } from './pages.ts';
export { Secret } from './secret.ts';
export type { DatabaseConfig } from './values.ts';

/** Where to listen. A default port that is taken may be replaced by another; a port set by hand may not. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly isHostSet: boolean;
  readonly isPortSet: boolean;
}

/** What makes this worker one build among several that run side by side. */
export interface Deployment {
  readonly name: string;
  readonly buildId: string;
}

export interface Config {
  /** Left out: every worker is as good as any other. */
  readonly deployment: Deployment | undefined;
  /** What Meta repeats to us when the webhook is subscribed. */
  readonly verifyToken: Secret | undefined;
  /** Any of them may have signed a webhook: two while one is being rotated. */
  readonly appSecrets: readonly Secret[];
  /** The Page of `MESSENGER_PAGE_ID`, also without its token. */
  readonly pageId: string | undefined;
  readonly pageAccessToken: Secret | undefined;
  /** Every Page whose token is known: that of the two variables first, then those of the list. */
  readonly pages: readonly PageConfig[];
  /** Of a Page that says nothing else. */
  readonly messagesPerSecond: number;
  readonly appId: string | undefined;
  /** Whether to believe the page of Meta's that gives an ad's window up to 7 days. */
  readonly trustsAdWindow: boolean;
  /** Whether Meta is asked who writes: names, language, time zone. */
  readonly asksForProfile: boolean;
  /** Of a person who manages the Pages; only `everthread pages` asks for it. */
  readonly userAccessToken: Secret | undefined;
  /** A Page that Meta unsubscribed is subscribed again by itself. */
  readonly resubscribes: boolean;
  /** Without a slash at its end. */
  readonly graphUrl: string;
  readonly graphVersion: string;
  /** The bot's file. */
  readonly bot: string;
  readonly database: DatabaseConfig;
  readonly http: HttpConfig;
  readonly operatorToken: Secret | undefined;
  /** Where leads are handed to; `host` is the part of the address that may be printed. */
  readonly leadsWebhook: { readonly url: Secret; readonly host: string; readonly secret: Secret } | undefined;
  /** How many conversations and sequences a worker keeps ready in memory; left out: as `worker.ts` finds right. */
  readonly cachedWorkflows: number | undefined;
  readonly logLevel: LogLevel;
  /** Everything else about Temporal is read by `@temporalio/envconfig`. */
  readonly isTemporalAddressSet: boolean;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How long the window is after a click on an ad: Meta's pages say both. */
const AD_WINDOWS = ['24h', '7d'] as const;

const ENVIRONMENT = z.object({
  MESSENGER_VERIFY_TOKEN: secretText().optional(),
  MESSENGER_APP_SECRET: secretList().optional(),
  MESSENGER_PAGE_ACCESS_TOKEN: secretText().optional(),
  MESSENGER_PAGE_ID: digits().optional(),
  MESSENGER_PAGES: z.string().optional(),
  MESSENGER_MESSAGES_PER_SECOND: messagesPerSecond().prefault('40'),
  MESSENGER_APP_ID: digits().optional(),
  MESSENGER_USER_ACCESS_TOKEN: secretText().optional(),
  MESSENGER_USER_PROFILE: oneOf(['on', 'off'], 'which is neither on nor off').default('on'),
  MESSENGER_RESUBSCRIBE: oneOf(['on', 'off'], 'which is neither on nor off').default('off'),
  MESSENGER_AD_WINDOW: oneOf(AD_WINDOWS, 'which is none of the two readings').default('24h'),
  MESSENGER_GRAPH_URL: graphUrl().default('https://graph.facebook.com'),
  MESSENGER_GRAPH_VERSION: plainText(/^v\d{1,3}\.\d$/, 'which is no version of the Graph API').default('v25.0'),
  BOT: z.string().trim().default('./bot.ts'),
  DATABASE_URL: databaseUrl().prefault('file:.everthread/store.db'),
  HOST: plainText(/^[\w.:-]+$/, 'which is no address to listen on').default('127.0.0.1'),
  PORT: portNumber().default(3000),
  OPERATOR_TOKEN: secretText().optional(),
  LEADS_WEBHOOK_URL: secretUrl().optional(),
  LEADS_WEBHOOK_SECRET: secretText().optional(),
  WORKER_CACHED_WORKFLOWS: cachedWorkflows().optional(),
  WORKER_DEPLOYMENT_NAME: plainText(/^[\w-]{1,100}$/, 'which is no name of letters, digits, - and _').optional(),
  WORKER_BUILD_ID: plainText(/^[\w.-]{1,100}$/, 'which is no id of letters, digits, . - and _').optional(),
  LOG_LEVEL: oneOf(LOG_LEVELS, 'which is no log level').default('info'),
});

type VariableName = keyof typeof ENVIRONMENT.shape;

/** Every variable of ours; each may be given as `NAME_FILE` instead. */
export const VARIABLE_NAMES = Object.keys(ENVIRONMENT.shape) as readonly VariableName[];

const CURES: Record<VariableName, string> = {
  MESSENGER_VERIFY_TOKEN: 'Make up a long random word; enter the same one in App Dashboard → Messenger → Webhooks.',
  MESSENGER_APP_SECRET: 'Copy it from App Dashboard → Settings → Basic; several are separated by commas.',
  MESSENGER_PAGE_ACCESS_TOKEN: 'Generate one in App Dashboard → Messenger → Access Tokens and copy all of it.',
  MESSENGER_PAGE_ID:
    "Copy the Page's number from App Dashboard → Messenger, beside the Page's name; several Pages go into MESSENGER_PAGES_FILE.",
  MESSENGER_PAGES: 'Name a file that `everthread pages --write` made, or see .env.example for its form.',
  MESSENGER_MESSAGES_PER_SECOND: "Write a number from 1 to 300; above 40 Meta's inbox stops showing the Page.",
  MESSENGER_APP_ID: "Copy the app's number from the top of the App Dashboard, or leave it out.",
  MESSENGER_USER_ACCESS_TOKEN: 'Generate one in the Graph API Explorer with pages_show_list and copy all of it.',
  MESSENGER_USER_PROFILE: 'Write on or off, or leave it out.',
  MESSENGER_RESUBSCRIBE: 'Write on or off, or leave it out.',
  MESSENGER_AD_WINDOW: 'Write 24h, which is sure, or 7d, which one page of Meta names for what follows an ad.',
  MESSENGER_GRAPH_URL: 'Write an https:// address (http:// only within a private network), or leave it out.',
  MESSENGER_GRAPH_VERSION: 'Write it like v25.0, or leave it out.',
  BOT: "Write the path of the bot's file.",
  DATABASE_URL: 'Write file:PATH or postgres://USER:PASSWORD@HOST:5432/DATABASE, the password percent-encoded.',
  HOST: 'Write an address of this machine, such as 127.0.0.1 or 0.0.0.0.',
  PORT: 'Write a number from 0 to 65535; 0 takes any free port.',
  OPERATOR_TOKEN: 'Make one with `openssl rand -hex 32`.',
  LEADS_WEBHOOK_URL: 'Write an https:// address (http:// only within a private network), without user and password.',
  LEADS_WEBHOOK_SECRET: 'Make one with `openssl rand -hex 32` and give the same to the receiver.',
  WORKER_DEPLOYMENT_NAME: 'Write one name for all builds of a bot, such as shop, and set WORKER_BUILD_ID with it.',
  WORKER_BUILD_ID:
    'Write what tells this build from others, such as its commit, and set WORKER_DEPLOYMENT_NAME with it.',
  WORKER_CACHED_WORKFLOWS: 'Write a number from 10 to 100000, or leave it out; one weighs some 110 KiB.',
  LOG_LEVEL: `Write one of ${LOG_LEVELS.join(', ')}.`,
};

/** Never quoted, whatever is wrong with them. */
const SECRET_NAMES = new Set<VariableName>([
  'MESSENGER_VERIFY_TOKEN',
  'MESSENGER_APP_SECRET',
  'MESSENGER_PAGE_ACCESS_TOKEN',
  'MESSENGER_PAGES',
  'MESSENGER_USER_ACCESS_TOKEN',
  'DATABASE_URL',
  'OPERATOR_TOKEN',
  'LEADS_WEBHOOK_URL',
  'LEADS_WEBHOOK_SECRET',
]);

const ONE_PAGE = ['MESSENGER_PAGE_ACCESS_TOKEN', 'MESSENGER_PAGE_ID'] as const satisfies readonly VariableName[];

/** What a Page is made of; read again while a process runs. */
const PAGE_VARIABLES = [...ONE_PAGE, 'MESSENGER_PAGES', 'MESSENGER_MESSAGES_PER_SECOND'] as const;

const REQUIRED = {
  webhook: () => ['MESSENGER_VERIFY_TOKEN', 'MESSENGER_APP_SECRET'],
  // The list takes the place of the two variables, but not of one of them.
  send: (values) => (values.MESSENGER_PAGES && !ONE_PAGE.some((name) => values[name]) ? [] : ONE_PAGE),
  page: () => ONE_PAGE,
  app: () => ['MESSENGER_APP_ID', 'MESSENGER_APP_SECRET'],
  user: () => ['MESSENGER_USER_ACCESS_TOKEN'],
} satisfies Record<string, (values: Values) => readonly VariableName[]>;

/**
 * What a process is about to do: receive Meta's webhooks, call the Send API for its Pages, be one Page (the simulator),
 * speak for the app, ask for the Pages of a person. `dev` needs none of them, it invents its page.
 */
export type Need = keyof typeof REQUIRED;

interface Guaranteed {
  webhook: 'verifyToken';
  send: never;
  page: 'pageAccessToken' | 'pageId';
  app: 'appId';
  user: 'userAccessToken';
}

/** A config in which what was asked for is there; with `webhook` at least one app secret too, with `send` one Page. */
export type ConfigFor<N extends Need> = Config & { readonly [K in Guaranteed[N]]: NonNullable<Config[K]> };

export interface ConfigProblem {
  readonly variable: string;
  /** What is wrong, with which value, and what to do. */
  readonly message: string;
}

/** The whole truth about an environment; `config` is there when there are no problems. */
export interface ConfigReport<N extends Need = never> {
  readonly config: ConfigFor<N> | undefined;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly string[];
}

export interface ConfigOptions<N extends Need> {
  readonly needs?: readonly N[];
}

export interface LoadOptions<N extends Need> extends ConfigOptions<N> {
  /** Told of what is odd and harmless: a misspelt name, a short token. */
  readonly warn?: (sentence: string) => void;
}

/** The settings cannot be used; the message has one line per problem. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(['The configuration cannot be used:', ...problems.map(({ message }) => `  ${message}`)].join('\n'));
    this.problems = problems;
  }
}

/** Reads the settings, or throws one `ConfigError` that lists everything that is wrong with them. */
export function loadConfig<N extends Need = never>(env: NodeJS.ProcessEnv, options: LoadOptions<N> = {}): ConfigFor<N> {
  const { config, problems, warnings } = checkConfig(env, options);
  if (!config) throw new ConfigError(problems);
  for (const sentence of warnings) options.warn?.(sentence);
  return config;
}

/** The same without throwing, for `everthread doctor`. */
export function checkConfig<N extends Need = never>(
  env: NodeJS.ProcessEnv,
  options: ConfigOptions<N> = {},
): ConfigReport<N> {
  const { values, problems } = readVariables(env);
  const parsed = ENVIRONMENT.safeParse(values);
  problems.push(...invalidValues(parsed.error?.issues ?? [], values), ...halfDeployment(values));
  const { pages, problems: pageProblems } = pagesOf(values, env);
  problems.push(
    ...pageProblems,
    ...missingValues(options.needs ?? [], values, problems),
    ...halfPairs(values, problems),
  );
  const warnings = [...unknownVariables(env), ...weakTokens(values)];
  if (!parsed.success || problems.length > 0) return { config: undefined, problems, warnings };
  return { config: toConfig(parsed.data, pages, values, env) as ConfigFor<N>, problems, warnings };
}

/** The Pages that can be read, and what is wrong with the others. */
export interface PagesReading {
  readonly pages: readonly PageConfig[];
  readonly problems: readonly ConfigProblem[];
}

/** Reads the Pages and their tokens alone, as they are at this moment in the files that the environment names. */
export function readPages(env: NodeJS.ProcessEnv): PagesReading {
  const { values, problems } = readVariables(env, PAGE_VARIABLES);
  const { error } = ENVIRONMENT.safeParse(values);
  const reading = pagesOf(values, env);
  return {
    pages: reading.pages,
    problems: [...problems, ...invalidValues(error?.issues ?? [], values), ...reading.problems],
  };
}

/** Where the store is, as `openStore` takes it; it may hold a password. */
export function storeUrl({ database }: Config): string {
  return database.kind === 'sqlite' ? `file:${database.path}` : database.url.reveal();
}

type Values = { [K in VariableName]?: string };

/** What was given, directly or by `NAME_FILE`; an empty text counts as missing. */
function readVariables(
  env: NodeJS.ProcessEnv,
  names: readonly VariableName[] = VARIABLE_NAMES,
): { values: Values; problems: ConfigProblem[] } {
  const values: Values = {};
  const problems: ConfigProblem[] = [];
  for (const name of names) {
    const given = env[name]?.trim() ? env[name] : undefined;
    const path = env[`${name}_FILE`];
    const content = path && !given ? contentOf(path) : undefined;
    const value = given ?? content;
    if (value) values[name] = value;
    if (path && given) problems.push(problem(name, `and ${name}_FILE are both set`, 'Keep one of the two.'));
    if (path && !value) problems.push(unreadable(name, path, content));
  }
  return { values, problems };
}

/** A mounted secret ends with the line break its editor left there. */
function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

function unreadable(name: VariableName, path: string, content: string | undefined): ConfigProblem {
  if (content === '') return problem(name, `should be in ${path}, which is empty`);
  return problem(
    name,
    `cannot be read from ${path}`,
    `Check the path in ${name}_FILE, and that this user may read the file.`,
  );
}

function problem(variable: VariableName, what: string, cure = CURES[variable]): ConfigProblem {
  return { variable, message: `${variable} ${what}. ${cure}` };
}

/** What is wrong with the single variables is for others to say: here they are taken when they are right. */
function pagesOf(values: Values, env: NodeJS.ProcessEnv): PagesReading {
  const { shape } = ENVIRONMENT;
  const rate = shape.MESSENGER_MESSAGES_PER_SECOND.safeParse(values.MESSENGER_MESSAGES_PER_SECOND).data ?? 1;
  const pageId = shape.MESSENGER_PAGE_ID.safeParse(values.MESSENGER_PAGE_ID).data;
  const accessToken = shape.MESSENGER_PAGE_ACCESS_TOKEN.safeParse(values.MESSENGER_PAGE_ACCESS_TOKEN).data;
  const one: PageConfig[] = pageId && accessToken ? [{ pageId, accessToken, messagesPerSecond: rate }] : [];
  const json = values.MESSENGER_PAGES;
  if (json === undefined) return { pages: one, problems: [] };
  const file = env['MESSENGER_PAGES']?.trim() ? undefined : env['MESSENGER_PAGES_FILE'];
  const listed = pagesIn({ json, file, messagesPerSecond: rate });
  const problems = listed.problems.map((message) => ({
    variable: 'MESSENGER_PAGES',
    message: `MESSENGER_PAGES${message}`,
  }));
  if (!listed.pages.some((page) => page.pageId === pageId)) return { pages: [...one, ...listed.pages], problems };
  const twice = problem('MESSENGER_PAGES', `and MESSENGER_PAGE_ID both name Page ${pageId}`, 'Keep one of the two.');
  return { pages: listed.pages, problems: [...problems, twice] };
}

/** The first complaint about each value. */
function invalidValues(issues: readonly z.core.$ZodIssue[], values: Values): ConfigProblem[] {
  const complaints = new Map<VariableName, string>();
  for (const { path, message } of issues) {
    const name = path[0] as VariableName;
    if (!complaints.has(name)) complaints.set(name, message);
  }
  return [...complaints].map(([name, complaint]) => problem(name, `${shown(name, values[name] ?? '')} ${complaint}`));
}

function missingValues(needs: readonly Need[], values: Values, told: readonly ConfigProblem[]): ConfigProblem[] {
  const required = needs.flatMap((need): readonly VariableName[] => REQUIRED[need](values));
  return required
    .filter((name) => values[name] === undefined && !told.some(({ variable }) => variable === name))
    .map((name) => problem(name, 'is missing'));
}

/** Whoever gets leads must be able to tell that they are ours. */
function halfPairs(values: Values, told: readonly ConfigProblem[]): ConfigProblem[] {
  const pair = ['LEADS_WEBHOOK_URL', 'LEADS_WEBHOOK_SECRET'] as const;
  const missing = pair.filter((name) => values[name] === undefined && !told.some(({ variable }) => variable === name));
  if (missing.length !== 1) return [];
  return missing.map((name) => problem(name, `is missing beside ${pair.find((other) => other !== name) ?? ''}`));
}

/** A long text in the wrong variable may be a secret that was pasted there: only its length is told. */
function shown(name: VariableName, value: string): string {
  if (SECRET_NAMES.has(name)) return 'has a value (not shown)';
  const url = name === 'MESSENGER_GRAPH_URL' ? urlIn(value) : undefined;
  if (url?.host) return `is "${url.protocol}//${url.host}",`;
  return value.length > 24 ? `is a text of ${value.length} characters,` : `is "${value}",`;
}

function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = new Set<string>(VARIABLE_NAMES.flatMap((name) => [name, `${name}_FILE`]));
  return Object.keys(env)
    .filter((name) => /^(MESSENGER|LEADS_WEBHOOK)_/.test(name) && !known.has(name))
    .map((name) => `${name} is no variable of everthread and changes nothing. Check its spelling, see .env.example.`);
}

function weakTokens(values: Values): string[] {
  return (['OPERATOR_TOKEN', 'LEADS_WEBHOOK_SECRET'] as const).flatMap((name) => {
    const { length } = values[name] ?? '';
    return length === 0 || length >= 16
      ? []
      : [`${name} has ${length} characters, which can be guessed. ${CURES[name]}`];
  });
}

function toConfig(
  parsed: z.output<typeof ENVIRONMENT>,
  pages: readonly PageConfig[],
  given: Values,
  env: NodeJS.ProcessEnv,
): Config {
  return deepFreeze({
    verifyToken: parsed.MESSENGER_VERIFY_TOKEN,
    appSecrets: parsed.MESSENGER_APP_SECRET ?? [],
    pageId: parsed.MESSENGER_PAGE_ID,
    pageAccessToken: parsed.MESSENGER_PAGE_ACCESS_TOKEN,
    pages,
    messagesPerSecond: parsed.MESSENGER_MESSAGES_PER_SECOND,
    appId: parsed.MESSENGER_APP_ID,
    trustsAdWindow: parsed.MESSENGER_AD_WINDOW === '7d',
    userAccessToken: parsed.MESSENGER_USER_ACCESS_TOKEN,
    resubscribes: parsed.MESSENGER_RESUBSCRIBE === 'on',
    graphUrl: parsed.MESSENGER_GRAPH_URL,
    graphVersion: parsed.MESSENGER_GRAPH_VERSION,
    bot: parsed.BOT,
    database: parsed.DATABASE_URL,
    http: {
      host: parsed.HOST,
      port: parsed.PORT,
      isHostSet: given.HOST !== undefined,
      isPortSet: given.PORT !== undefined,
    },
    operatorToken: parsed.OPERATOR_TOKEN,
    leadsWebhook: leadsWebhookOf(parsed),
    asksForProfile: parsed.MESSENGER_USER_PROFILE === 'on',
    cachedWorkflows: parsed.WORKER_CACHED_WORKFLOWS,
    deployment: deploymentOf(parsed.WORKER_DEPLOYMENT_NAME, parsed.WORKER_BUILD_ID),
    logLevel: parsed.LOG_LEVEL,
    isTemporalAddressSet: Boolean(env['TEMPORAL_ADDRESS']),
  });
}

function leadsWebhookOf(parsed: z.output<typeof ENVIRONMENT>): Config['leadsWebhook'] {
  const { LEADS_WEBHOOK_URL: url, LEADS_WEBHOOK_SECRET: secret } = parsed;
  return url && secret ? { url, host: new URL(url.reveal()).host, secret } : undefined;
}

function deploymentOf(name: string | undefined, buildId: string | undefined): Deployment | undefined {
  return name === undefined || buildId === undefined ? undefined : { name, buildId };
}

/** Each of the two says nothing without the other. */
function halfDeployment({ WORKER_DEPLOYMENT_NAME: name, WORKER_BUILD_ID: buildId }: Values): ConfigProblem[] {
  if ((name === undefined) === (buildId === undefined)) return [];
  return [problem(name === undefined ? 'WORKER_DEPLOYMENT_NAME' : 'WORKER_BUILD_ID', 'is missing')];
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object') deepFreeze(inner as object);
  return Object.freeze(value);
}
