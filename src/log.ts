import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino, type Logger as PinoLogger } from 'pino';
import type { Logger } from './logger.ts';

export interface LogOptions {
  readonly level: string;
  /** For people at a terminal; left out: one JSON object a line. */
  readonly isPretty?: boolean;
}

/** The log of a process. What people write, their names and our secrets are never handed to it. */
export function createLog({ level, isPretty = false }: LogOptions): PinoLogger {
  const base = { level, base: null, redact: ['*.accessToken', '*.appSecret', '*.authorization'] };
  if (!isPretty) return pino(base);
  return pino({
    ...base,
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } },
  });
}

let isInstalled = false;

/** Sends the engine's log, and what plugins log, to ours. Once per process, before the first worker. */
export function installEngineLog(log: Logger): void {
  if (isInstalled) return;
  isInstalled = true;
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    const { sdkComponent, taskToken: _taskToken, ...fields } = meta ?? {};
    const isAuthors = sdkComponent === 'workflow';
    if (level === 'ERROR') log.error(fields, message);
    else if (level === 'WARN') log.warn(fields, message);
    else if (isAuthors) log.info(fields, message);
    else log.debug(fields, message);
  });
  // Ctrl-C is ours: the roots stop everything in order.
  Runtime.install({ logger, shutdownSignals: [] });
}

/** For who replays and tells what came of it in words of their own. */
export function silenceEngine(): void {
  if (isInstalled) return;
  isInstalled = true;
  const logger = new DefaultLogger('ERROR', () => {});
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
}
