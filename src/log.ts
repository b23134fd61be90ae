import { pino, type Logger as PinoLogger } from 'pino';

/** How a process logs. */
export interface LogOptions {
  /** One of pino's levels. */
  readonly level: string;
  /** For a terminal. Default: no, one JSON object a line. */
  readonly isPretty?: boolean;
}

/** Creates the log of a process. Callers pass it no message texts, no names and no secrets. */
export function createLog({ level, isPretty = false }: LogOptions): PinoLogger {
  const base = {
    level,
    base: null,
    serializers: { error: describeError },
    redact: ['*.accessToken', '*.appSecret', '*.authorization'],
  };
  if (!isPretty) return pino(base);
  return pino({
    ...base,
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } },
  });
}

/** An author's error may be anything; of an `Error` pino itself would log nothing in a field of this name. */
function describeError(error: unknown): unknown {
  return error instanceof Error ? (error.stack ?? error.message) : error;
}
