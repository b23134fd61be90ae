import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type Logger as SdkLogger,
  type MetricsExporterConfig,
} from '@temporalio/worker';
import type { Logger } from '../logger.ts';

let isInstalled = false;
let metricsUrl: string | undefined;

const METRICS_TIMEOUT_MS = 2000;

/** Whose words a line of the SDK's log has; the others are Temporal's. */
const COMPONENTS: Readonly<Record<string, string>> = { workflow: 'bot', activity: 'bot' };

/** What the log of a process has, and whether Temporal's SDK measures. */
export interface TemporalRuntimeOptions {
  /** Whether what the SDK's core says below an error is left out. Default: no. */
  readonly hidesCoreWarnings?: boolean;
  /**
   * Whether the core's lines are in our log too. Its thread then keeps the process alive, so a process that ends by itself
   * leaves them on stderr. Default: no.
   */
  readonly forwardsCore?: boolean;
  /** A free port of this machine, on which the core serves its metrics to this process. Default: it measures nothing. */
  readonly metricsPort?: number | undefined;
}

/**
 * Sends the logs of Temporal's SDK, of plugins, and perhaps of the core to ours, and has the core measure. Once per process,
 * before the first worker.
 */
export function installTemporalRuntime(log: Logger, options: TemporalRuntimeOptions = {}): void {
  const { hidesCoreWarnings = false, forwardsCore = false, metricsPort } = options;
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
  const logging = { filter, ...(forwardsCore ? { forward: {} } : { console: {} }) };
  const install = (metrics?: MetricsExporterConfig) =>
    Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging, ...(metrics && { metrics }) } });
  if (metricsPort === undefined) return void install();
  const bindAddress = `127.0.0.1:${metricsPort}`;
  try {
    install({
      attachServiceName: false,
      prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
    });
    metricsUrl = `http://${bindAddress}/metrics`;
  } catch (error) {
    // Somebody else was quicker to take the port. The worker matters more.
    log.warn({ error: String(error) }, "The metrics of Temporal's SDK are missing until the next start");
    install();
  }
}

/** The metrics of Temporal's SDK in this process, in Prometheus' text format; empty where it does not measure. */
export async function readTemporalMetrics(): Promise<string> {
  if (metricsUrl === undefined) return '';
  try {
    return await (await fetch(metricsUrl, { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) })).text();
  } catch {
    return '';
  }
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
