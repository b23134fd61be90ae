import type { z } from 'zod';
import { Problem } from './problem.ts';

/** A cursor: opaque for callers, and the same for the same place. */
export function toCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place that a cursor names. @throws `Problem` with `request_invalid` for a text that is no cursor of this list. */
export function fromCursor<Schema extends z.ZodType>(
  schema: Schema,
  cursor: string | undefined,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined;
  const { data } = schema.safeParse(readJson(cursor));
  if (data !== undefined) return data;
  const message = 'It is no cursor of this list. Take `nextCursor` of the page before, as it is.';
  throw new Problem('request_invalid', {
    detail: `query.cursor: ${message}`,
    errors: [{ field: 'query.cursor', message }],
  });
}

function readJson(cursor: string): unknown {
  try {
    const text = Buffer.from(cursor, 'base64url').toString();
    // PostgreSQL compares no NUL.
    return /\\u0000/.test(text) ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
