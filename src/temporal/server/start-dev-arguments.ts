import { SEARCH_ATTRIBUTES } from './search-attributes.ts';

/** Options of `temporal server start-dev`. */
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
  /** Timers fire late by as much, to allow for clocks of several hosts; the default of 1 s slowed each step of the time machine. */
  'history.timerProcessorMaxTimeShift': '10ms',
  /** A run is deleted once Temporal has noted that its end was processed, every 30 s by default: the erasure of a person waits for it. */
  'history.transferProcessorUpdateAckInterval': '1s',
  'history.visibilityProcessorUpdateAckInterval': '1s',
  /** The visibility columns of SQL stores hold no more. */
  'limit.maxIDLength': 255,
  // Limits that protect the users of a shared cluster from each other; bursts on this machine reached them.
  'frontend.rps': 1_000_000,
  'frontend.namespaceRPS': 1_000_000,
  'history.rps': 1_000_000,
  'matching.rps': 1_000_000,
};

/** What is deleted is overwritten with zeros, as in the store: an erased person is in no free page. */
const PRAGMAS = ['journal_mode=WAL', 'secure_delete=ON'];

/** The arguments with which `temporal` starts the server that everthread needs. */
export function startDevArguments({ ip, port, uiPort, dbFile, extraDynamicConfig }: StartDevOptions): string[] {
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch'];
  const database = dbFile ? ['--db-filename', dbFile, ...PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma])] : [];
  // Used only when the namespace is created; `ensureSearchAttributes` adds them to an older file.
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
