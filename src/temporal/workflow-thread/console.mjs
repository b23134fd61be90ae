/** What a bot prints goes to the main thread, which logs it, instead of to stdout. */

import { format } from 'node:util';

const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' };

/** The SDK calls the thread's `console` for a bot's, with the workflow in brackets as the first argument. */
export function sendConsole(port) {
  for (const [method, level] of Object.entries(LEVELS))
    console[method] = (first, ...args) => {
      const workflow = /^\[(.*)\]$/s.exec(first)?.[1];
      port.postMessage({ level, workflow, text: formatSafely(workflow === undefined ? [first, ...args] : args) });
    };
}

/** An object of the author's may throw when it is printed. */
function formatSafely(args) {
  try {
    return format(...args);
  } catch {
    return '(cannot be printed)';
  }
}
