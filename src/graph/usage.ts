import { isObject, valueAt, type JsonObject } from '../messenger/check/json.ts';

/** How much of Meta's rate limits is used up, by the headers of its answers. */
export interface RateLimitUsage {
  /** The highest of all percentages in the headers; at 100 Meta refuses calls. */
  readonly percent: number;
  /** Until Meta accepts calls again, if it says so. */
  readonly regainAccessInMs?: number;
}

type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const PERCENTAGE_FIELDS = ['call_count', 'total_time', 'total_cputime'];
/** In minutes. */
const REGAIN_FIELD = 'estimated_time_to_regain_access';
const USAGE_MINUTE_MS = 60_000;

/**
 * Reads `X-App-Usage` (one object) and `X-Business-Use-Case-Usage` (a list of objects per business). Other forms are
 * ignored. Meta, graph-api/overview/rate-limiting, read 2026-10-06.
 */
export function readRateLimitUsage(headers: HttpHeaders): RateLimitUsage | undefined {
  const counts = [...objectsIn(headers['x-app-usage']), ...objectsIn(headers['x-business-use-case-usage'])];
  const percentages = counts.flatMap((count) => PERCENTAGE_FIELDS.flatMap((name) => numberAt(count, name)));
  if (percentages.length === 0) return undefined;
  const regainMinutes = Math.max(0, ...counts.flatMap((count) => numberAt(count, REGAIN_FIELD)));
  return {
    percent: Math.max(...percentages),
    ...(regainMinutes > 0 && { regainAccessInMs: regainMinutes * USAGE_MINUTE_MS }),
  };
}

/** The object in the header, and the objects in lists that are its values. */
function objectsIn(header: string | readonly string[] | undefined): JsonObject[] {
  const bodies = [header].flat().map(parseUsageHeader).filter(isObject);
  const lists = bodies.flatMap((body): unknown[] => Object.values(body)).filter(isList);
  return [...bodies, ...lists.flat().filter(isObject)];
}

function parseUsageHeader(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function numberAt(count: JsonObject, name: string): number[] {
  const value = valueAt(count, name);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? [value] : [];
}
