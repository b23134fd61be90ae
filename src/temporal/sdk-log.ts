import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from '../logger.ts';

let isInstalled = false;

/**
 * Sends the logs of Temporal's SDK and of plugins to ours. Once per process, before the first worker. The core of the SDK
 * prints its own lines to stderr; `hidesCoreWarnings` leaves only its errors there.
 */
export function installTemporalLog(log: Logger, { hidesCoreWarnings = false } = {}): void {
  if (isInstalled) return;
  isInstalled = true;
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    const { sdkComponent, taskToken: _taskToken, ...fields } = meta ?? {};
    const isFromBot = sdkComponent === 'workflow';
    if (level === 'ERROR') log.error(fields, message);
    else if (level === 'WARN') log.warn(fields, message);
    else if (isFromBot) log.info(fields, message);
    else log.debug(fields, message);
  });
  // The roots handle Ctrl-C, and stop everything in order.
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }), console: {} };
  Runtime.install({ logger, shutdownSignals: [], ...(hidesCoreWarnings && { telemetryOptions: { logging } }) });
}

/** For replays, which report their results themselves. */
export function silenceTemporalLog(): void {
  if (isInstalled) return;
  isInstalled = true;
  const logger = new DefaultLogger('ERROR', () => {});
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
}
