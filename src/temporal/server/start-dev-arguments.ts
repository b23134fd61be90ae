import { SEARCH_ATTRIBUTES } from './search-attributes.ts';

export interface StartDevOptions {
  readonly ip: string;
  readonly port: number;
  readonly uiPort?: number;
  readonly dbFile?: string | undefined;
  readonly extraDynamicConfig?: Readonly<Record<string, unknown>>;
}

const DYNAMIC_CONFIG = {
  /** The time machine of `dev` and the tests. */
  'frontend.WorkflowTimeSkippingEnabled': true,
  /** Timers fire up to so much late, for clocks of several hosts; with the default of 1 s every step of the time machine took one. */
  'history.timerProcessorMaxTimeShift': '10ms',
  /** The visibility columns of SQL stores hold no more. */
  'limit.maxIDLength': 255,
  // Limits that protect the many users of a cluster from each other. Here there is one, and bursts met them.
  'frontend.rps': 1_000_000,
  'frontend.namespaceRPS': 1_000_000,
  'history.rps': 1_000_000,
  'matching.rps': 1_000_000,
};

/** The arguments that make `temporal` the server everthread expects. */
export function startDevArguments({ ip, port, uiPort, dbFile, extraDynamicConfig }: StartDevOptions): string[] {
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch'];
  const database = dbFile ? ['--db-filename', dbFile, '--sqlite-pragma', 'journal_mode=WAL'] : [];
  // Heeded only while the namespace is created: an older file gets them by `ensureSearchAttributes`.
  const searchAttributes = Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  const dynamicConfig = Object.entries({ ...DYNAMIC_CONFIG, ...extraDynamicConfig }).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${JSON.stringify(value)}`,
  ]);
  const listen = ['--ip', ip, '--port', String(port)];
  return [
    'server',
    'start-dev',
    ...listen,
    ...ui,
    ...database,
    '--log-level',
    'warn',
    ...searchAttributes,
    ...dynamicConfig,
  ];
}
