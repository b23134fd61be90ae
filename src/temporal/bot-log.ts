/** What the log says of a bot: errors and warnings of its hooks, sequences and activities, as one line each. */

import type { ConversationId } from '../domain/conversation-id.ts';
import type { Logger } from '../logger.ts';
import { parseWorkflowId } from '../workflows/contract/index.ts';
import { displayPath } from './bundling/bundle-diagnostics.ts';

/** A line of a bot's log. */
export interface BotLogLine {
  readonly level: 'warn' | 'error';
  /** Whose conversation it is about; missing for a line about a Page or about Temporal. */
  readonly conversation?: ConversationId;
  /** What happened, with the error's message. */
  readonly words: string;
  /** Where, in the developer's files: `shop/bot.ts:12:5`. */
  readonly place?: string;
  /** The error with its stack. */
  readonly stack?: string;
}

/** A log that gives `onLine` what it is told at `warn` and above, and passes everything else on. */
export function watchBotLog(log: Pick<Logger, 'debug' | 'info'>, onLine: (line: BotLogLine) => void): Logger {
  const watched = (level: BotLogLine['level']) => (fields: object, message: string) => {
    // The sequence's own line says it already, with the error.
    if (message !== 'Workflow failed') onLine(toBotLogLine(level, fields, message));
  };
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: watched('warn'),
    error: watched('error'),
  };
}

/** A line of the log as people read it. */
export function toBotLogLine(level: BotLogLine['level'], fields: object, message: string): BotLogLine {
  const { workflowId, activityType, error } = fields as Readonly<Record<string, unknown>>;
  const workflow = typeof workflowId === 'string' ? parseWorkflowId(workflowId) : undefined;
  const subject = typeof activityType === 'string' ? `The activity ${activityType}: ${message}` : message;
  const stack = stackOf(error);
  const cause = stack?.split('\n', 1)[0];
  const place = stack === undefined ? undefined : findDeveloperLine(stack);
  return {
    level,
    ...(workflow && workflow.kind !== 'broadcast' && { conversation: workflow.conversation }),
    words: cause === undefined ? subject : `${subject}: ${cause}`,
    ...(place !== undefined && { place }),
    ...(stack !== undefined && { stack }),
  };
}

function stackOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error;
  return error instanceof Error ? (error.stack ?? error.message) : undefined;
}

/** A stack frame with a path: `at onMessage (/srv/shop/bot.ts:12:5)`. */
const FRAME = /^ +at (?:.*\()?(?:file:\/\/)?(\/[^()]+?)(:\d+:\d+)\)?$/gm;
const OURS = new URL('..', import.meta.url).pathname;

/** The first frame that is neither everthread's nor a library's. */
function findDeveloperLine(stack: string): string | undefined {
  for (const [, path = '', line = ''] of stack.matchAll(FRAME)) {
    const isDeveloperCode =
      !path.startsWith(OURS) && !path.includes('/node_modules/') && !/workflow-bundle-\w+\.js$/.test(path);
    if (isDeveloperCode) return `${displayPath(path)}${line}`;
  }
  return undefined;
}
