import { DefaultLogger, makeTelemetryFilterString, Runtime, type Logger as SdkLogger } from '@temporalio/worker';
import type { Logger } from '../logger.ts';

let isInstalled = false;

/** Whose words a line of the SDK's log has; the others are Temporal's. */
const COMPONENTS: Readonly<Record<string, string>> = { workflow: 'bot', activity: 'bot' };

/** What the log of a process has. */
export interface TemporalLogOptions {
  /** Whether what the SDK's core says below an error is left out. Default: no. */
  readonly hidesCoreWarnings?: boolean;
  /**
   * Whether the core's lines are in our log too. Its thread then keeps the process alive, so a process that ends by itself
   * leaves them on stderr. Default: no.
   */
  readonly forwardsCore?: boolean;
}

/** Sends the logs of Temporal's SDK, of plugins, and perhaps of the core to ours. Once per process, before the first worker. */
export function installTemporalLog(log: Logger, options: TemporalLogOptions = {}): void {
  const { hidesCoreWarnings = false, forwardsCore = false } = options;
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
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: { logging: { filter, ...(forwardsCore ? { forward: {} } : { console: {} }) } },
  });
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
