/**
 * The settings of a process, read from its environment, and one report of all that is wrong with them.
 * Only `cli` passes `process.env`; the roots pass on what a part needs; everything else sees `Config` as a type.
 */

import { parsePages, type PageConfig } from './pages.ts';
import type { Secret } from './secret.ts';
import { type KeysRequiredFor, type Need, PARTS, RETENTION, SETTINGS, type ValuesOf } from './settings.ts';
import {
  type ConfigProblem,
  halfPairs,
  invalidValues,
  missingValues,
  parseTable,
  parseText,
  problemWith,
  readTexts,
  type Texts,
  unknownVariables,
  weakSecrets,
} from './variables.ts';

export type { PageConfig } from './pages.ts';
export { Secret } from './secret.ts';
export { type Need, VARIABLE_NAMES } from './settings.ts';
export { takeSecrets } from './take-secrets.ts';
export type { ConfigProblem } from './variables.ts';

/** Where to listen. A default port that is taken may be replaced by another; a port set by the user may not. */
export interface HttpConfig {
  /** Default: 127.0.0.1. */
  readonly host: string;
  /** Default: 3000. */
  readonly port: number;
  readonly isHostSet: boolean;
  readonly isPortSet: boolean;
}

/** The listener for operators. */
export interface OperatorConfig {
  readonly http: HttpConfig;
  /** The origin at which browsers reach it through a reverse proxy: `https://desk.example.com`. */
  readonly url: string | undefined;
  /** The reverse proxy that logs people in; `undefined`: none does. */
  readonly proxy: OperatorProxyConfig | undefined;
}

/** How a trusted reverse proxy names the operator who is logged in there. */
export interface OperatorProxyConfig {
  /** The header with the operator's name, in lower case. */
  readonly header: string;
  /** What the proxy sends as `x-everthread-proxy-secret`. */
  readonly secret: Secret;
}

/** Identifies this worker's build where several builds run side by side. */
export interface Deployment {
  readonly name: string;
  readonly buildId: string;
}

/** What the policy needs to know beside the conversation. */
export interface PolicyConfig {
  readonly appId: string | undefined;
  /** Whether to trust the page of Meta's documentation that gives an ad's window up to 7 days. Default: no, 24 hours. */
  readonly trustsAdWindow: boolean;
}

/** All settings of a process, frozen. */
export interface Config extends ValuesOf<typeof SETTINGS> {
  /** Every Page whose token is known: that of the two variables first, then those of the list. */
  readonly pages: readonly PageConfig[];
  readonly policy: PolicyConfig;
  readonly http: HttpConfig;
  readonly operators: OperatorConfig;
  /** For how long each kind of data is kept, ms; `undefined`: for ever. */
  readonly retention: ValuesOf<typeof RETENTION>;
  /** `undefined`: any worker continues any run. */
  readonly deployment: Deployment | undefined;
}

/** A config in which what was asked for is set; with `send` it has at least one Page. */
export type ConfigFor<N extends Need> = Config & {
  readonly [Key in KeysRequiredFor<N, typeof SETTINGS>]: NonNullable<Config[Key]>;
};

/** All that was found in an environment; `config` is there when there are no problems. */
export interface ConfigReport<N extends Need = never> {
  readonly config: ConfigFor<N> | undefined;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly string[];
}

/** How strictly to read the environment. */
export interface ConfigOptions<N extends Need> {
  /** What the process is about to do; the variables for it are required. Default: nothing. */
  readonly needs?: readonly N[];
}

/** Options of `loadConfig`. */
export interface LoadOptions<N extends Need> extends ConfigOptions<N> {
  /** Called with what is odd and harmless: a misspelt name, a short token. */
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

/** Like `loadConfig`, but returns the problems instead of throwing them. */
export function checkConfig<N extends Need = never>(
  env: NodeJS.ProcessEnv,
  options: ConfigOptions<N> = {},
): ConfigReport<N> {
  const { texts, problems } = readTexts(env);
  problems.push(...invalidValues(texts));
  const { pages, problems: pageProblems } = readPagesFrom(texts, env);
  problems.push(...pageProblems);
  problems.push(...missingValues(options.needs ?? [], texts, problems), ...halfPairs(texts, problems));
  const warnings = [...unknownVariables(env), ...weakSecrets(texts)];
  if (problems.length > 0) return { config: undefined, problems, warnings };
  return { config: toConfig(texts, pages) as ConfigFor<N>, problems, warnings };
}

/** The Pages that can be read, and what is wrong with the others. */
export interface PagesReading {
  readonly pages: readonly PageConfig[];
  readonly problems: readonly ConfigProblem[];
}

/** Reads only the Pages and their tokens, as they are now in the variables and in the files that these name. */
export function readPages(env: NodeJS.ProcessEnv): PagesReading {
  const { pageAccessToken, pageId, messagesPerSecond } = SETTINGS;
  const { texts, problems } = readTexts(env, [pageAccessToken, pageId, PARTS.pages, messagesPerSecond]);
  const reading = readPagesFrom(texts, env);
  return { pages: reading.pages, problems: [...problems, ...invalidValues(texts), ...reading.problems] };
}

/** The store's address, as `openStore` takes it; it may hold a password. */
export function storeUrl({ database }: Config): string {
  return database.kind === 'sqlite' ? `file:${database.path}` : database.url.reveal();
}

/** Takes the variables that are valid; `invalidValues` reports the others. */
function readPagesFrom(texts: Texts, env: NodeJS.ProcessEnv): PagesReading {
  const messagesPerSecond = parseText(SETTINGS.messagesPerSecond, texts) ?? 1;
  const pageId = parseText(SETTINGS.pageId, texts);
  const accessToken = parseText(SETTINGS.pageAccessToken, texts);
  const onePage: PageConfig[] = pageId && accessToken ? [{ pageId, accessToken, messagesPerSecond }] : [];
  const { name } = PARTS.pages;
  const json = texts.get(name);
  if (json === undefined) return { pages: onePage, problems: [] };
  const file = env[name]?.trim() ? undefined : env[`${name}_FILE`];
  const listed = parsePages({ json, file, messagesPerSecond });
  const problems = listed.problems.map((message) => ({ variable: name, message: `${name}${message}` }));
  if (!listed.pages.some((page) => page.pageId === pageId)) return { pages: [...onePage, ...listed.pages], problems };
  const sentence = `and ${SETTINGS.pageId.name} both name Page ${pageId}`;
  return { pages: listed.pages, problems: [...problems, problemWith(PARTS.pages, sentence, 'Keep one of the two.')] };
}

function toConfig(texts: Texts, pages: readonly PageConfig[]): Config {
  const settings = parseTable(SETTINGS, texts);
  const parts = parseTable(PARTS, texts);
  const { deploymentName: name, buildId } = parts;
  const { operatorProxyHeader: header, operatorProxySecret: proxySecret } = parts;
  return deepFreeze({
    ...settings,
    pages,
    policy: { appId: settings.appId, trustsAdWindow: parts.adWindow === '7d' },
    http: {
      host: parts.host,
      port: parts.port,
      isHostSet: texts.has(PARTS.host.name),
      isPortSet: texts.has(PARTS.port.name),
    },
    operators: {
      http: {
        host: parts.operatorHost,
        port: parts.operatorPort,
        isHostSet: texts.has(PARTS.operatorHost.name),
        isPortSet: texts.has(PARTS.operatorPort.name),
      },
      url: parts.operatorUrl,
      proxy: header !== undefined && proxySecret ? { header: header.toLowerCase(), secret: proxySecret } : undefined,
    },
    retention: parseTable(RETENTION, texts),
    deployment: name !== undefined && buildId !== undefined ? { name, buildId } : undefined,
  });
}

/** Where operators are served, in the form in which the listener takes it; the port is chosen at the start. */
export function operatorListenerOptions({ operators: { http, url: origin, proxy }, policy }: Config) {
  return {
    host: http.host,
    policy,
    origin,
    proxy: proxy && { header: proxy.header, secret: proxy.secret.reveal() },
  };
}

/** How other systems are told of events. `byDefault` holds where the settings do not say which private addresses are allowed. */
export function outgoingOptions(
  { privateAddresses, unansweredAfterMs }: Config,
  byDefault: NonNullable<Config['privateAddresses']> = 'refuse',
) {
  return { privateAddresses: privateAddresses ?? byDefault, unansweredAfterMs };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object') deepFreeze(inner as object);
  return Object.freeze(value);
}
