/** One call of the Graph API: token, `appsecret_proof`, time limit, and its result. */

import type { Readable } from 'node:stream';
import { Agent } from 'undici';
import { z } from 'zod';
import type { NetworkOutcome } from '../messenger/graph-errors/index.ts';
import type { GraphError } from '../messenger/outbound/send-api.ts';
import { createAppSecretProof } from './app-secret-proof.ts';
import { httpCall, type HttpResult } from './http-call.ts';
import { readClockAheadMs } from './meta-clock.ts';
import { readRateLimitUsage, type RateLimitUsage } from './usage.ts';

/** A call to make. */
export interface GraphRequest<T> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The path after the version: `104857600123456/subscribed_apps`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as Bearer token, so that it stays out of addresses and logs. */
  readonly accessToken?: string;
  /** Sent as JSON, or as a stream with its own headers. */
  readonly body?: object | RawBody;
  /** For the whole call; see {@link httpCall}. */
  readonly timeoutMs: number;
  /** The schema of a successful answer. */
  readonly answer: z.ZodType<T>;
}

/** A body that is not JSON. */
export interface RawBody {
  readonly stream: Readable;
  readonly headers: Readonly<Record<string, string>>;
}

/** Meta answered with an error. */
export interface GraphRefusal {
  readonly status: 'refused';
  readonly error: GraphError;
  /** Left out when Meta was not called. */
  readonly httpStatus?: number;
  readonly usage?: RateLimitUsage;
  /** How far Meta's clock is ahead of ours, ms; left out when they agree. */
  readonly clockAheadMs?: number;
}

/** There was no readable answer; Meta may have done what was asked. */
export interface NoAnswer {
  readonly status: 'no_answer';
  readonly outcome: NetworkOutcome;
}

/** Result of a call. Only `answered` and `refused` are certain. */
export type GraphReply<T> =
  | {
      readonly status: 'answered';
      readonly value: T;
      readonly usage?: RateLimitUsage;
      /** How far Meta's clock is ahead of ours, ms; left out when they agree. */
      readonly clockAheadMs?: number;
      /** The version that answered, if Meta names it: `v25.0`. A later version answers for a retired one. */
      readonly version?: string;
    }
  | GraphRefusal
  | NoAnswer;

/** Makes calls of the Graph API. */
export interface GraphApi {
  /** Never throws: what went wrong is in the reply. */
  call<T>(call: GraphRequest<T>): Promise<GraphReply<T>>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** Where the Graph API is. */
export interface GraphApiOptions {
  /** `https://graph.facebook.com`, or the simulator's. */
  readonly url: string;
  /** `v25.0`. */
  readonly version: string;
  /** The secret of the app that the tokens belong to. With it, every call carries `appsecret_proof`. */
  readonly appSecret?: string | undefined;
}

const MAX_TRACE_CHARS = 64;

function asTraceId(text: string): string {
  return text.replace(/[^\w+/=-]/g, '').slice(0, MAX_TRACE_CHARS);
}

const refusalAnswer = z.object({
  error: z.object({
    message: z.string().catch(''),
    type: z.string().optional().catch(undefined),
    // Also a number in a string: a proxy between Meta and us may have rewritten the body.
    code: z.coerce.number().int().min(1),
    error_subcode: z.coerce.number().optional().catch(undefined),
    // It is logged: what answers need not be Meta.
    fbtrace_id: z.string().transform(asTraceId).optional().catch(undefined),
    is_transient: z.boolean().optional().catch(undefined),
  }),
});

/** Calls the Graph API over kept-alive connections. */
export function createGraphApi({ url, version, appSecret }: GraphApiOptions): GraphApi {
  const agent = new Agent({
    connections: 64,
    // One request at a time on a connection: a broken connection leaves one outcome unknown.
    pipelining: 1,
    connect: { timeout: 3000 },
    // No request on a connection that the server is about to close: its outcome would be unknown.
    keepAliveTimeout: 4000,
    keepAliveTimeoutThreshold: 2000,
    // The caller's `timeoutMs` limits the answer.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  let closing: Promise<void> | undefined;
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const proofOf = appSecret ? createAppSecretProof(appSecret) : undefined;

  function addressOf({ path, query, accessToken }: GraphRequest<unknown>): URL {
    const address = new URL(`${version}/${path}`, base);
    for (const [name, value] of Object.entries(query ?? {})) address.searchParams.set(name, value);
    if (accessToken !== undefined && proofOf) address.searchParams.set('appsecret_proof', proofOf(accessToken));
    return address;
  }

  return {
    async call(call) {
      const { method, accessToken, timeoutMs, answer } = call;
      const { body, headers } = toHttpBody(call);
      const result = await httpCall({
        agent,
        method,
        url: addressOf(call),
        headers: { ...headers, ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }) },
        ...(body !== undefined && { body }),
        timeoutMs,
      });
      return result.status === 'answered'
        ? readReply(result, answer)
        : { status: 'no_answer', outcome: NETWORK_OUTCOME_BY_STATUS[result.status] };
    },
    close: () => (closing ??= agent.close()),
  };
}

function toHttpBody({ body }: GraphRequest<unknown>): {
  readonly body?: string | Readable;
  readonly headers?: Readonly<Record<string, string>>;
} {
  if (body === undefined) return {};
  if ('stream' in body) return { body: body.stream, headers: body.headers };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

const NETWORK_OUTCOME_BY_STATUS = {
  never_left: 'connect_refused',
  too_late: 'timeout_before_response',
  broken: 'connection_reset_after_request',
} as const satisfies Record<Exclude<HttpResult['status'], 'answered'>, NetworkOutcome>;

function readReply<T>(result: Extract<HttpResult, { status: 'answered' }>, answer: z.ZodType<T>): GraphReply<T> {
  const { statusCode, headers, text } = result;
  const read = readRateLimitUsage(headers);
  const aheadMs = readClockAheadMs(headers);
  const context = { ...(read && { usage: read }), ...(aheadMs !== 0 && { clockAheadMs: aheadMs }) };
  const json = parseGraphJson(text);
  const ok = answer.safeParse(json);
  const version = headers['facebook-api-version'];
  if (statusCode < 300 && ok.success)
    return { status: 'answered', value: ok.data, ...context, ...(typeof version === 'string' && { version }) };
  const no = refusalAnswer.safeParse(json);
  if (no.success) return { status: 'refused', error: no.data.error as GraphError, httpStatus: statusCode, ...context };
  const without = classifyBareStatus(statusCode);
  return without.status === 'refused' ? { ...without, ...context } : without;
}

/** A status without Meta's error body: from a proxy, or undocumented. */
function classifyBareStatus(statusCode: number): GraphRefusal | NoAnswer {
  if (statusCode < 400 || statusCode >= 500) return { status: 'no_answer', outcome: 'http_5xx_without_body' };
  if (statusCode === 408) return { status: 'no_answer', outcome: 'timeout_before_response' };
  const message = `HTTP ${statusCode} without a readable error`;
  const code = statusCode === 429 ? APP_RATE_LIMIT_CODE : BAD_PARAMETER_CODE;
  return { status: 'refused', error: { code, message }, httpStatus: statusCode };
}

/** Meta's codes for what these statuses mean. */
const APP_RATE_LIMIT_CODE = 4;
const BAD_PARAMETER_CODE = 100;

function parseGraphJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
