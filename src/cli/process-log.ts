import type { Logger } from 'pino';
import { captureConsole, logOutput } from '../console-output.ts';

/**
 * Everything that this process says goes into its log, one object a line: what is printed with `console`, Node's own warnings,
 * and the error that ends it.
 */
export function logWholeProcess(log: Logger): void {
  captureConsole((output) => logOutput(log, output));
  // Node's own listener prints them as text.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log.warn({ component: 'node', error: warning }, 'Node warns of something'));
  process.on('uncaughtException', (error: unknown, origin) => {
    log.fatal({ component: 'node', error, origin }, 'An error that nobody caught ends the process');
    process.exit(1);
  });
}
