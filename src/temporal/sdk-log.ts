import { DefaultLogger, makeTelemetryFilterString, Runtime, type Logger as SdkLogger } from '@temporalio/worker';
import type { Logger } from '../logger.ts';

let isInstalled = false;

/** Whose words a line of the SDK's log has; the others are Temporal's. */
const COMPONENTS: Readonly<Record<string, string>> = { workflow: 'bot', activity: 'bot' };

/**
 * Sends the logs of Temporal's SDK, of its core and of plugins to ours. Once per process, before the first worker.
 * `hidesCoreWarnings` leaves out what the core says below an error.
 */
export function installTemporalLog(log: Logger, { hidesCoreWarnings = false } = {}): void {
  if (isInstalled) return;
  isInstalled = true;
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    const { sdkComponent, taskToken: _taskToken, spanContexts: _spanContexts, ...rest } = meta ?? {};
    const isFromBot = sdkComponent === 'workflow';
    const fields = { component: COMPONENTS[String(sdkComponent)] ?? 'temporal', ...rest };
    if (level === 'ERROR') log.error(fields, message);
    else if (level === 'WARN') log.warn(fields, message);
    else if (isFromBot) log.info(fields, message);
    else log.debug(fields, message);
  });
  // The roots handle Ctrl-C, and stop everything in order.
  const filter = makeTelemetryFilterString({ core: hidesCoreWarnings ? 'ERROR' : 'WARN', other: 'ERROR' });
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter, forward: {} } } });
}

/** Writes the lines that wait: the SDK keeps each for some 100 ms, to sort them by their time. */
export function flushTemporalLog(): void {
  if (!isInstalled) return;
  // The SDK's type of the logger does not know it.
  const logger: SdkLogger & { readonly flush?: () => void } = Runtime.instance().logger;
  logger.flush?.();
}

/** For replays, which report their results themselves. */
export function silenceTemporalLog(): void {
  if (isInstalled) return;
  isInstalled = true;
  const logger = new DefaultLogger('ERROR', () => {});
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
}
