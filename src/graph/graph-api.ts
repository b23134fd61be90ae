/** One call of the Graph API, whatever it asks for: token, proof, time, and what became of it. */

import type { Readable } from 'node:stream';
import { Agent } from 'undici';
import { z } from 'zod';
import type { NetworkOutcome } from '../messenger/graph-errors/index.ts';
import type { GraphError } from '../messenger/outbound/send-api.ts';
import { createAppSecretProof } from './app-secret-proof.ts';
import { httpCall, type HttpResult } from './http-call.ts';
import { readRateLimitUsage, type RateLimitUsage } from './usage.ts';

export interface GraphCall<T> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** What stands behind the version: `104857600123456/subscribed_apps`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as Bearer, so that it stays out of addresses and logs. */
  readonly accessToken?: string;
  /** Sent as JSON, or as it is with headers of its own. */
  readonly body?: object | RawBody;
  /** For all of it; see {@link httpCall}. */
  readonly timeoutMs: number;
  /** What a good answer looks like. */
  readonly answer: z.ZodType<T>;
}

export interface RawBody {
  readonly stream: Readable;
  readonly headers: Readonly<Record<string, string>>;
}

/** Meta said no. */
export interface GraphRefusal {
  readonly status: 'refused';
  readonly error: GraphError;
  readonly usage?: RateLimitUsage;
}

/** Nobody said anything that can be read; what was asked for may have been done. */
export interface NoAnswer {
  readonly status: 'no_answer';
  readonly outcome: NetworkOutcome;
}

/** What came of a call. Only `answered` and `refused` are Meta's word. */
export type GraphReply<T> =
  | {
      readonly status: 'answered';
      readonly value: T;
      readonly usage?: RateLimitUsage;
      /** The version that answered, when Meta names it: `v25.0`. A retired one is answered by a later one. */
      readonly version?: string;
    }
  | GraphRefusal
  | NoAnswer;

export interface GraphApi {
  /** Never throws: what went wrong is in the reply. */
  call<T>(call: GraphCall<T>): Promise<GraphReply<T>>;
  close(): Promise<void>;
}

export interface GraphApiOptions {
  /** `https://graph.facebook.com`, or the simulator's. */
  readonly url: string;
  readonly version: string;
  /** Of the app the tokens belong to. With it every call carries `appsecret_proof`. */
  readonly appSecret?: string | undefined;
}

const refusalAnswer = z.object({
  error: z.object({
    message: z.string().catch(''),
    type: z.string().optional().catch(undefined),
    // A number in text is one: who stands between Meta and us may have written it anew.
    code: z.coerce.number().int().min(1),
    error_subcode: z.coerce.number().optional().catch(undefined),
    fbtrace_id: z.string().optional().catch(undefined),
    is_transient: z.boolean().optional().catch(undefined),
  }),
});

/** Speaks to the Graph API over kept-alive connections. */
export function createGraphApi({ url, version, appSecret }: GraphApiOptions): GraphApi {
  const agent = new Agent({
    connections: 64,
    // One request at a time on a connection: a broken one leaves one outcome unknown.
    pipelining: 1,
    connect: { timeout: 3000 },
    // A connection that the other side is about to close must not get another request: its end would be ambiguous.
    keepAliveTimeout: 4000,
    keepAliveTimeoutThreshold: 2000,
    // How long an answer may take is for the caller to say.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  let closing: Promise<void> | undefined;
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const proofOf = appSecret ? createAppSecretProof(appSecret) : undefined;

  function addressOf({ path, query, accessToken }: GraphCall<unknown>): URL {
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

function toHttpBody({ body }: GraphCall<unknown>): {
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
  const usage = read && { usage: read };
  const json = parseGraphJson(text);
  const ok = answer.safeParse(json);
  const version = headers['facebook-api-version'];
  if (statusCode < 300 && ok.success)
    return { status: 'answered', value: ok.data, ...usage, ...(typeof version === 'string' && { version }) };
  const no = refusalAnswer.safeParse(json);
  if (no.success) return { status: 'refused', error: no.data.error as GraphError, ...usage };
  const without = classifyBareStatus(statusCode);
  return without.status === 'refused' ? { ...without, ...usage } : without;
}

/** Somebody between Meta and us, or Meta in a way it does not document. */
function classifyBareStatus(statusCode: number): GraphRefusal | NoAnswer {
  if (statusCode < 400 || statusCode >= 500) return { status: 'no_answer', outcome: 'http_5xx_without_body' };
  if (statusCode === 408) return { status: 'no_answer', outcome: 'timeout_before_response' };
  const message = `HTTP ${statusCode} without a readable error`;
  return { status: 'refused', error: { code: statusCode === 429 ? APP_LIMIT_CODE : BAD_PARAMETER_CODE, message } };
}

/** Meta's codes for what the bare statuses mean. */
const APP_LIMIT_CODE = 4;
const BAD_PARAMETER_CODE = 100;

function parseGraphJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
